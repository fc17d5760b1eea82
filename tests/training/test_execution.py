from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from resnets.errors import FileError
from resnets.networks import build
from resnets.spec import Recipe, Spec
from resnets.training import (
    Execution,
    apply,
    choose,
    compare_environments,
    compile_forward,
    describe_environment,
    place,
    tune,
    tuning,
)
from resnets.training.execution import read_execution

CPU = torch.device("cpu")
SPEC = Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=3)


def test_the_defaults_are_not_measured():
    chosen = choose(CPU)
    assert chosen == choose(CPU)
    assert chosen.channels_last
    assert not chosen.compile
    assert chosen.threads == torch.get_num_threads()
    assert chosen.measured == ()
    assert not choose(torch.device("mps")).channels_last


def test_small_steps_get_one_thread_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    assert choose(CPU, work=1e8).threads == 1
    assert choose(CPU, work=5e9).threads == 4
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert choose(CPU, work=1e8).threads == 4


def test_threads_and_denormals_are_given_back():
    tiny, threads = torch.tensor([1e-39]), torch.get_num_threads()
    assert (tiny * 1).item() != 0
    with apply(replace(choose(CPU), threads=threads + 1)):
        assert torch.get_num_threads() == threads + 1
        assert (tiny * 1).item() == 0
    assert torch.get_num_threads() == threads
    assert (tiny * 1).item() != 0


def test_a_network_gets_the_layout():
    net = place(build(SPEC), choose(CPU), CPU)
    weight = net.stages[0][0].transform.convs[0].weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    net = place(net, replace(choose(CPU), channels_last=False), CPU)
    assert weight.is_contiguous()


def test_a_network_spares_memory_where_that_is_chosen():
    net = place(build(SPEC), choose(CPU, recompute=True), CPU)
    assert net.recompute_segments > 0
    assert place(net, choose(CPU), CPU).recompute_segments == 0


def test_a_choice_survives_json():
    chosen = Execution(threads=3, recompute=True, measured=(("contiguous, 3 threads", 1.25),))
    assert read_execution(chosen.to_dict(), "run.json") == chosen


def test_a_run_from_before_a_field_was_there_has_its_default():
    older = Execution(threads=3).to_dict()
    del older["recompute"]
    assert read_execution(older, "run.json") == Execution(threads=3)


@pytest.mark.parametrize(
    "change", [{"threads": 0}, {"threads": True}, {"compile": 1}, {"extra": 1}]
)
def test_a_choice_that_was_edited_is_refused(change):
    with pytest.raises(FileError) as caught:
        read_execution({**Execution().to_dict(), **change}, "run.json")
    assert caught.value.code == "E4008"


def test_tuning_takes_the_fastest_and_leaves_the_network_alone(monkeypatch):
    net, seen = build(SPEC), []
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}

    def measure(trial, recipe, execution, images, labels, precision):
        seen.append(execution)
        if execution.compile:
            raise RuntimeError("no compiler")
        return 10.0 if execution.channels_last else 5.0

    monkeypatch.setattr(tuning, "_time_step", measure)
    monkeypatch.setattr(tuning.shutil, "which", lambda name: "/usr/bin/c++")
    chosen = tune(net, Recipe(batch_size=4), (1, 8, 8), CPU, "fp32")
    assert not chosen.channels_last
    assert not chosen.compile
    assert chosen.threads == seen[0].threads
    assert [ms for _, ms in chosen.measured][:2] == [10.0, 5.0]
    assert seen[-1].compile
    for name, tensor in net.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_gain_that_is_noise_changes_nothing(monkeypatch):
    def measure(net, recipe, execution, images, labels, precision):
        return 10.0 if execution.channels_last else 9.8

    monkeypatch.setattr(tuning, "_time_step", measure)
    monkeypatch.setattr(tuning.shutil, "which", lambda name: None)
    assert tune(build(SPEC), Recipe(batch_size=4), (1, 8, 8), CPU, "fp32").channels_last


def test_tuning_measures_real_steps(monkeypatch):
    monkeypatch.setattr(tuning.shutil, "which", lambda name: None)
    chosen = tune(build(SPEC), Recipe(batch_size=4, ema=0.9), (1, 8, 8), CPU, "bf16")
    assert len(chosen.measured) >= 2
    assert all(ms > 0 for _, ms in chosen.measured)


def test_keeping_memory_obeys_the_platform():
    code = (
        "import platform\n"
        "from resnets.training.allocator import keep_freed_memory\n"
        "assert keep_freed_memory() == (platform.libc_ver()[0] == 'glibc')\n"
        "platform.libc_ver = lambda: ('musl', '1')\n"
        "assert keep_freed_memory() is False\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_environment_differs_by_name():
    now = describe_environment(CPU)
    assert now["versions"]["torch"] == torch.__version__
    assert compare_environments(now, now) == []
    then = {**now, "versions": {**now["versions"], "torch": "2.0.0"}, "cpu_capability": "AVX2"}
    assert compare_environments(then, now) == [
        f"torch 2.0.0 is now {torch.__version__}",
        f"cpu capability AVX2 is now {now['cpu_capability']}",
    ]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("c++") is None, reason="torch.compile needs a C++ compiler here")
def test_a_compiled_network_computes_the_same():
    net = build(SPEC).eval()
    images = torch.randn(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    compiled = compile_forward(net, Execution(compile=True))
    assert compile_forward(net, Execution()) is net
    with torch.no_grad():
        assert torch.allclose(compiled(images), net(images), atol=1e-5)

"""Options and configuration files: what is refused names its place, and nothing is written."""

from __future__ import annotations

import json

import pytest

from resnets.spec.request import Request, check_name, read_request, slug


@pytest.mark.parametrize(
    ("words", "code", "exit_code", "hint"),
    [
        ("--model resnt20", "E2201", 2, "did you mean resnet20"),
        ("--model resnet21", "E2202", 2, "try resnet20 or resnet26"),
        ("--recipe quik", "E2210", 2, "did you mean quick?"),
        ("--data digit", "E2102", 2, "did you mean 'digits'?"),
        ("--data folder:", "E2102", 2, "folder:PATH"),
        ("--seed -1", "E2102", 2, "greater than or equal to 0"),
        ("--seed 18446744073709551616", "E2102", 2, "less than"),
        ("--lr nan", "E2102", 2, "a finite number"),
        ("--lr 0", "E2102", 2, "greater than 0"),
        ("--epochs 0", "E2102", 2, "greater than or equal to 1"),
        ("--epochs 1 --iterations 5", "E2102", 2, "not both"),
        ("--epochs two", "E2262", 2, "valid integer"),
        ("--precision fp16", "E2102", 2, "auto, fp32, bf16"),
        ("--device gpu", "E2102", 2, "auto, cpu, cuda, cuda:N, mps"),
        ("--device cuda:77", "E5901", 5, "devices here: "),
        ("--checkpoint-every 5", "E2102", 2, "400it, 30ep"),
        ("--bad-images ignore", "E2102", 2, "refuse, skip"),
        ("--image-size 9000", "E2102", 2, "4096"),
        ("--output ../../x", "E2102", 2, "climbs out"),
        ("--output a/../../x", "E2102", 2, "climbs out"),
        ("--output CON", "E2102", 2, "reserved"),
        ("--output runs/com1.x", "E2102", 2, "reserved"),
        (f"--output {'x' * 300}", "E2102", 2, "255"),
        ("--output /", "E2102", 2, "names no folder"),
        ("--set order=full_preact", "E2101", 2, "allowed"),
        ("--set network.order=full_preac", "E2102", 2, "did you mean 'full_preact'?"),
        ("--set network.order", "E2110", 2, "path=value"),
        ("--set recipe.lr=NaN", "E2106", 2, "finite"),
        ('--set network.depths="56"', "E2102", 2, "network.depths"),
        ("--set recipe.batch_size=99999", "E2301", 2, "0 steps per epoch"),
        ("--batch-size 99999", "E2301", 2, "--batch-size"),
        ("--set network.num_classes=3", "E2404", 2, "digits has 10 classes"),
        ("--config missing.toml", "E2109", 2, "cannot be read"),
        ("--config .", "E2108", 2, "TOML or JSON"),
        ("--resume here --epochs 3", "E2252", 2, "--epochs"),
        ("--resume here --config x.toml", "E2252", 2, "--config"),
        ("--resume here", "E4007", 4, "no such folder"),
        ("--init nowhere", "E4501", 4, "nowhere"),
        ("--data folder:nowhere", "E3001", 3, "nowhere"),
        ("--data cifar10 --data-dir nowhere", "E3", 3, "nowhere"),
    ],
)
def test_a_wrong_option_is_refused_and_nothing_is_written(
    resnets, tmp_path, monkeypatch, words, code, exit_code, hint
):
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    answer = resnets("train", *words.split())
    assert answer.code == exit_code, answer.err
    assert f"error {code}" in answer.err
    assert hint in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []


def test_names_with_control_characters_are_refused(resnets, tmp_path):
    for name in ("a\nb", "a\x1b[31m", "a\u202eb"):
        answer = resnets("train", "--output", name)
        assert answer.code == 2
        assert "control characters" in answer.err
        assert "\x1b" not in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text", "code", "hints"),
    [
        ("c.toml", "learning_rat = 0.1", "E2101", ["c.toml:1", "did you mean lr?"]),
        ("c.toml", "model = 'a'\nbatchsize = 1", "E2101", ["c.toml:2", "did you mean batch_size?"]),
        ("c.toml", "[recipe]\nlearning_rat = 1", "E2101", ["c.toml:2", "did you mean lr?"]),
        ("c.toml", "[network]\nmerge.kind = 'gat'", "E2102", ["network.merge.kind", "gate"]),
        ("c.toml", "[network]\norder = 'preact'", "E2102", ["c.toml:2", "did you mean"]),
        ("c.toml", "epochs = '56'", "E2102", ["c.toml:1", "epochs = '56'", "valid integer"]),
        ("c.json", '{"network": {"depths": "56"}}', "E2102", ["c.json", "network.depths"]),
        ("c.json", '{"seed": 1,\n"seed": 2}', "E2105", ["lines 1 and 2"]),
        ("c.json", '{"seed": 1, "seed": 2}', "E2105", ["line 1"]),
        ("c.toml", "seed = 1\nseed = 2", "E2105", ["c.toml", "lines 1 and 2"]),
        ("c.toml", "epochs = no", "E2107", ["line 1"]),
        ("c.toml", "epochs = 012", "E2107", ["line 1"]),
        ("c.json", '{"lr": NaN}', "E2106", ["NaN"]),
        ("c.json", '{"lr": Infinity}', "E2106", ["Infinity"]),
        ("c.toml", "lr = inf", "E2102", ["c.toml:1", "finite"]),
        ("c.toml", "seed = -1", "E2102", ["c.toml:1", "seed = -1"]),
        ("c.toml", "seed = 18446744073709551616", "E2102", ["c.toml:1"]),
        ("c.toml", "_target_ = 'os.system'", "E2101", ["_target_"]),
        ("c.toml", "format = 99", "E2250", ["format 99", "up to format 1", "c.toml:1"]),
        ("c.toml", "epochs = 1\niterations = 1", "E2102", ["not both"]),
        ("c.toml", "output = '../x'", "E2102", ["c.toml:1", "climbs out"]),
        ("c.toml", "", "E2109", ["empty"]),
        ("c.json", "[1]", "E2104", ["a table"]),
        ("c.yaml", "a: &a [*a]", "E2108", ["YAML"]),
        ("c.yml", "name: no", "E2108", ["YAML"]),
        ("c.ini", "a=1", "E2108", ["TOML or JSON"]),
    ],
)
def test_a_wrong_file_is_refused_by_line(resnets, tmp_path, name, text, code, hints):
    (tmp_path / name).write_text(text)
    answer = resnets("train", "--config", name)
    assert answer.code == 2
    assert answer.err.startswith(f"error {code}: ")
    for hint in hints:
        assert hint in answer.err
    assert "Traceback" not in answer.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_huge_or_binary_file_is_refused(resnets, tmp_path):
    with open(tmp_path / "huge.toml", "wb") as file:
        file.truncate(2**30)
    answer = resnets("train", "--config", "huge.toml")
    assert (answer.code, "1,073,741,824 bytes" in answer.err) == (2, True)
    (tmp_path / "latin.toml").write_bytes(b"model = '\xe9'")
    assert "not UTF-8" in resnets("train", "--config", "latin.toml").err
    (tmp_path / "folder.toml").mkdir()
    assert "a folder" in resnets("train", "--config", "folder.toml").err


def test_variables_are_plain_text(resnets, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "canary")
    (tmp_path / "c.toml").write_text("model = '${oc.env:SECRET}$HOME'")
    answer = resnets("train", "--config", "c.toml")
    assert answer.code == 2
    assert "${oc.env:SECRET}$HOME" in answer.err
    assert "canary" not in answer.err


def test_flags_override_the_file_and_assignments_both(resnets, tmp_path):
    (tmp_path / "c.toml").write_text(
        "model = 'resnet20'\nepochs = 3\nseed = 7\nlr = 0.5\n"
        "[network]\norder = 'full_preact'\n[recipe]\nname = 'he2016-cifar'\nmomentum = 0.8\n"
    )
    words = ["--config", "c.toml", "--iterations", "9", "--lr", "0.3", "--set", "recipe.lr=0.2"]
    content = resnets("train", *words, "--dry-run", "--json").json
    recipe, network = content["run"]["recipe"], content["run"]["network"]
    assert (recipe["name"], recipe["length"]) == ("he2016-cifar", "9it")
    assert (recipe["lr"], recipe["momentum"]) == (0.2, 0.8)
    assert network["order"] == {"head": "BR", "tail": "", "post": ""}
    assert content["run"]["seed"] == 7
    assert [path.name for path in tmp_path.iterdir()] == ["c.toml"]


def test_dry_run_prints_the_resolved_run_and_writes_nothing(resnets, tmp_path):
    answer = resnets("train", "--dry-run", "--device", "cpu", "--precision", "fp32")
    content = json.loads(answer.out)
    assert content["output"] == f"runs/resnet20-digits-{content['key']}"
    assert content["run"]["network"]["in_chans"] == 1
    assert content["run"]["network"]["num_classes"] == 10
    assert content["run"]["precision"] == "fp32"
    assert list(tmp_path.iterdir()) == []


def test_recipes_know_the_network(resnets):
    words = ["--recipe", "he2015-cifar", "--data", "cifar10", "--dry-run", "--json"]
    small = resnets("train", "--model", "resnet56", *words).json["run"]["recipe"]
    large = resnets("train", "--model", "resnet110", *words).json["run"]["recipe"]
    assert small["warmup"]["length"] == "0it"
    assert large["warmup"] == {"length": "400it", "kind": "constant", "start": 0.1}


def test_a_request_round_trips_and_is_frozen(tmp_path):
    (tmp_path / "c.json").write_text('{"model": "wrn16_4", "epochs": 3, "set": ["seed=3"]}')
    request = read_request(tmp_path / "c.json")
    assert request == Request(model="wrn16_4", epochs=3, set=("seed=3",))
    assert request.recipe_parts() == ("quick", {"length": "3ep"})


@pytest.mark.parametrize("name", ["runs/demo", "/tmp/x", "x.y", "ünï", "a b", "console"])
def test_plain_names_are_taken(name):
    assert check_name(name) == name


def test_a_source_becomes_a_part_of_a_name():
    assert slug("cifar10") == "cifar10"
    assert slug("folder:/a/../b/my pets!") == "folder-my-pets"
    assert slug("parquet:x\x1b[31m") == "parquet-x-31m"


def _no_network(*_: object, **__: object) -> None:
    raise OSError("tests have no network")

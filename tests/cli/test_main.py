"""Failures become the promised exit codes, in the promised form; start-up is quick."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys

import pytest

from resnets.cli import listing
from resnets.cli.failure import Crash, blank_secrets, crashing_into
from resnets.errors import ConfigError, FileError
from resnets.version import __version__

from .conftest import run_python


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["trian"], "E2261", "did you mean train?"),
        (["train", "--batchsize", "3"], "E2260", "did you mean --batch-size?"),
        (["train", "--learning-rate", "3"], "E2260", "did you mean --lr?"),
        (["list", "--jsno"], "E2260", "did you mean --json?"),
        (["show"], "E2262", "resnets show --help"),
        (["show", "a", "b"], "E2262", "resnets show --help"),
        (["show", "resnet20", "--image-size", "wide"], "E2262", "resnets show --help"),
        (["show", "resnet20", "--image-size", "5"], "E2262", "resnets show --help"),
        (["data", "chek"], "E2261", "did you mean check?"),
        (["show", "resnt20"], "E2201", "did you mean resnet20"),
        (["show", "resnet21"], "E2202", "try resnet20 or resnet26"),
    ],
)
def test_wrong_usage_exits_2_with_the_nearest_word(resnets, tmp_path, words, code, hint):
    answer = resnets(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith(f"error {code}: ")
    assert hint in answer.err
    assert "Traceback" not in answer.err
    assert list(tmp_path.iterdir()) == []
    error = resnets(*words, "--json").error
    assert (error["code"], error["exit"]) == (code, 2)
    assert set(error) == {"code", "exit", "title", "what", "where", "why", "do"}


def test_a_group_without_a_verb_exits_2(resnets):
    answer = resnets("data")
    assert answer.code == 2
    assert "resnets data --help" in answer.err


def test_names_are_escaped(resnets):
    answer = resnets("show", "a\x1b[31m\n\u202eb\udcff")
    assert answer.code == 2
    assert "\\x1b[31m\\x0a\\u202eb\\udcff" in answer.err
    assert "\x1b" not in answer.err


def test_help_and_version(resnets):
    assert resnets("--version").out == f"resnets {__version__}\n"
    for words in ([], ["--help"], ["-h"]):
        answer = resnets(*words)
        assert answer.code == 0
        assert "train" in answer.out


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConfigError("E2999", "a"), 2), (FileError("E4999", "a"), 4), (KeyboardInterrupt(), 130)],
)
def test_an_error_gives_its_exit_code(resnets, monkeypatch, error, code):
    monkeypatch.setattr(listing, "describe", _raise(error))
    assert resnets("list", "--json").code == code


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (OSError(errno.ENOSPC, "no space", "/full/disk"), "no space left on device"),
        (PermissionError(errno.EACCES, "no", "/locked"), "permission denied"),
        (MemoryError(), "cannot allocate memory"),
    ],
)
def test_trouble_of_the_machine_exits_5(resnets, monkeypatch, error, title):
    monkeypatch.setattr(listing, "describe", _raise(error))
    found = resnets("list", "--json").error
    assert (found["code"], found["exit"], found["title"]) == ("E5910", 5, title)


def test_a_bug_is_written_to_a_crash_file(resnets, monkeypatch, tmp_path):
    monkeypatch.setenv("API_TOKEN", "canary-1234")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(listing, "describe", _raise(KeyError("canary-1234")))
    answer = resnets("list", "--json")
    assert answer.code == 1
    assert (answer.error["code"], answer.error["exit"]) == ("E1001", 1)
    assert "Traceback" not in answer.err
    (path,) = tmp_path.iterdir()
    assert answer.error["where"] == {"crash file": str(path)}
    text = path.read_text()
    assert "Traceback" in text
    assert "KeyError" in text
    assert "canary" not in text + answer.err


def test_a_bug_within_a_run_is_written_there(resnets, monkeypatch, tmp_path):
    def fail(*_: object) -> None:
        with crashing_into(tmp_path):
            raise ZeroDivisionError("inner")

    monkeypatch.setattr(listing, "describe", fail)
    assert resnets("list", "--json").code == 1
    (path,) = (tmp_path / "crash").iterdir()
    text = path.read_text()
    assert "ZeroDivisionError: inner" in text
    assert "Crash" not in text


def test_debug_prints_the_traceback_wherever_it_stands(resnets, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(listing, "describe", _raise(ZeroDivisionError()))
    for words in (["--debug", "list", "--json"], ["list", "--json", "--debug"]):
        answer = resnets(*words)
        assert answer.code == 1
        assert "Traceback" in answer.err


def test_known_errors_pass_through_a_run_untouched(tmp_path):
    error = FileError("E4999", "a")
    with pytest.raises(FileError) as caught, crashing_into(tmp_path):
        raise error
    assert caught.value is error
    with pytest.raises(Crash), crashing_into(tmp_path):
        raise KeyError("x")


def test_secrets_are_blanked():
    environ = {"MY_SECRET": "abcdef", "HOME": "/home/me", "SHORT_KEY": "ab"}
    text = "abcdef /home/me ab ftp://me:pw@host/x"
    assert blank_secrets(text, environ) == "*** /home/me ab ftp://***@host/x"


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["list"], ["list", "--json"], ["show", "resnet20"]],
    ids=" ".join,
)
def test_torch_is_not_imported(words):
    code = (
        "import sys\nfrom resnets.cli.main import run\n"
        f"code = run({words!r})\n"
        "heavy = [m for m in ('torch', 'numpy', 'sklearn', 'pyarrow') if m in sys.modules]\n"
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
    )
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [["--help"], ["list"], ["show", "resnet20"]], ids=" ".join)
def test_names_and_tables_answer_in_a_second_and_a_half(words):
    seconds = []  # of the processor, since the tests may share it
    for _ in range(3):
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        done = run_python("-m", "resnets", *words)
        seconds.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)
        assert done.returncode == 0
    assert min(seconds) < 1.5


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -m resnets list --json | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.startswith('[{"name": ')
    code = int(done.stdout[10:].strip())
    assert code in (0, 141)


def test_colour_only_where_it_is_wanted():
    environ = {**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"}
    words = "[sys.executable, '-m', 'resnets', 'show', 'x']"
    script = f"import pty, sys; sys.exit(pty.spawn({words}) >> 8)"
    plain = run_python("-c", script, env=environ)
    assert plain.returncode == 2
    assert "\x1b[" not in plain.stdout
    del environ["NO_COLOR"]
    assert "\x1b[1;31merror E2201" in run_python("-c", script, env=environ).stdout


def test_a_terminal_of_ascii_is_enough():
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run_python("-m", "resnets", "show", "resnet20", env=environ)
    assert done.returncode == 0
    assert "269,722" in done.stdout


def test_json_errors_stand_on_one_line():
    done = run_python("-m", "resnets", "show", "no\nsuch", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["what"] == "no\\x0asuch"


def _raise(error: BaseException):
    def fail(*_: object) -> None:
        raise error

    return fail

"""What the README says of versions is what the package allows, and what the tests run with."""

import os
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
PYPROJECT = (PACKAGE / "pyproject.toml").read_text()
TOOLS = PACKAGE.parent / "operations/tools/instrumentation"
ROW = re.compile(r"^\| ([\w-]+) \| ([\d.]+)(?: \(([\d.]+) with Python ([\d.]+)\))? \| ([\d.]+) \|$", re.MULTILINE)
#: By name: the lowest, that of newer Pythons if it is another, from which Python on, and the newest.
TABLE = {name: rest for name, *rest in ROW.findall((PACKAGE / "README.md").read_text())}
LIBRARIES = sorted(TABLE.keys() - {"Python"})
#: Starlette comes with FastAPI, and the SDKs are the application's own.
NOT_OURS = ("starlette", "anthropic", "openai")


def pins(file: str) -> set[tuple[str, str]]:
    """Names and versions of a file of requirements."""
    found = re.findall(r"^([\w-]+)(?:\[\w+\])?==([\w.]+)", (TOOLS / file).read_text(), re.MULTILINE)
    return {(name, number) for name, number in found}


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def bounds(name: str) -> set[tuple[str, str]]:
    """The lowest versions that the package allows, each with the Python from which on it is so."""
    found = re.findall(rf'"{name}(?:\[\w+\])?>=([\d.]+)(?:,<\d+)?(?:; python_version >= .([\d.]+).)?"', PYPROJECT)
    # 2.0 is 2.0.0.
    return {(number if number.count(".") == 2 else f"{number}.0", since) for number, since in found}


def test_the_table_names_all_that_the_package_may_use() -> None:
    dependencies = {re.split(r"[\[>]", line)[0] for line in re.findall(r'"([\w-]+[\[>][^"]*)"', PYPROJECT)}
    assert dependencies | {*NOT_OURS} == {*LIBRARIES}


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_lowest_version_is_the_one_that_is_allowed(name: str) -> None:
    lowest, of_newer, since, newest = TABLE[name]
    assert {number for pinned, number in pins("lowest.txt") if pinned == name} == {lowest, of_newer or lowest}
    assert newest == max((number for pinned, number in pins("requirements.txt") if pinned == name), key=numbers)
    if name not in NOT_OURS:
        assert bounds(name) == {(lowest, "")} | ({(of_newer, since)} if of_newer else set())


def test_each_python_of_the_metadata_is_in_the_table() -> None:
    pythons = sorted(re.findall(r"Python :: (3\.\d+)", PYPROJECT), key=numbers)
    assert [pythons[0], pythons[-1]] == [TABLE["Python"][0], TABLE["Python"][-1]]
    assert f'requires-python = ">={pythons[0]}"' in PYPROJECT
    assert len(pythons) == 1 + numbers(pythons[-1])[1] - numbers(pythons[0])[1]


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_versions_that_are_meant_are_installed(name: str) -> None:
    meant = os.environ.get("AGENTPAY_VERSIONS")
    if meant is None:
        pytest.skip("nobody says which versions are meant")
    lowest, of_newer, since, _ = TABLE[name]
    if meant == "lowest":
        is_newer = bool(of_newer) and sys.version_info >= numbers(since)
        assert version(name) == (of_newer if is_newer else lowest)
    else:
        assert (name, version(name)) in pins("requirements.txt")

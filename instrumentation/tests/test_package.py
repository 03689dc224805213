"""The wheel, as AgentPay installs it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import prometheus_client
import pytest

from agentpay_observability.contract import DEFINITIONS

PACKAGE = Path(__file__).parents[1]
USES = """
import agentpay_observability as package, sys
from agentpay_observability.contract import DEFINITIONS
assert sys.argv[1] in package.__file__, package.__file__
assert package.cost_usd("claude-haiku-4-5", {"input": 1_000_000}) == 1
print(len(DEFINITIONS))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=PACKAGE,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_with_its_types_and_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    modules = {file.name for file in (PACKAGE / "src/agentpay_observability").iterdir() if file.is_file()}
    assert {"py.typed", "contract.json", "llm_prices.json", "secret_shapes.json"} <= modules
    assert {name for name in names if ".dist-info/" not in name} == {
        f"agentpay_observability/{name}" for name in modules
    }


def test_installed_in_an_environment_of_its_own_it_works(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    # The extras stay out: what is optional must not be needed.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--target", str(packages), str(wheel)], check=True)
    (packages / "prometheus_client").symlink_to(Path(str(prometheus_client.__file__)).parent)
    run = [str(venv / "bin/python"), "-I", "-c", USES, str(packages)]
    assert int(subprocess.run(run, check=True, capture_output=True, text=True).stdout) == len(DEFINITIONS)

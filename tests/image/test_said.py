"""What Dockerfile, compose.yaml and the Kubernetes manifests say: linted, valid by their schemas, and true of syncd."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from syncd.settings import PREFIX, Settings
from tests.image.engine import DIGEST, ROOT

DEPLOY = ROOT / "docs" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = DEPLOY / "kubernetes"
FILES = sorted(path for path in KUBERNETES.rglob("*.yaml") if path.name != "kustomization.yaml")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KNOWN = {f"{PREFIX}{name.upper()}{ending}" for name in Settings.model_fields for ending in ("", "_FILE")}
OTHERS = {"SYNCD_IMAGE"}  # compose's own, for which image it is


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_dockerfile_has_nothing_that_hadolint_objects_to() -> None:
    hadolint = shutil.which("hadolint", path=f"{sysconfig.get_path('scripts')}:/usr/bin:/usr/local/bin")
    assert hadolint, "pip install -r requirements-dev.txt"
    linted = subprocess.run([hadolint, ROOT / "Dockerfile"], check=False, capture_output=True, text=True, timeout=60)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_production_is_the_last_stage_and_a_base_can_be_named_by_its_digest() -> None:
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE)
    assert stages[-1][1] == "production"
    assert {base for base, _ in stages if base not in {name for _, name in stages}} == {"${BASE}", "scratch"}
    (default,) = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert "@" not in default or DIGEST.fullmatch(default.partition("@")[2])


def test_whatever_is_installed_is_held_against_its_hash() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if " install " in line]
    assert installs
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


@pytest.mark.parametrize("path", [path for path in FILES if "service-monitor" not in path.name], ids=lambda p: p.name)
def test_a_manifest_is_valid_by_kubernetes_own_schema(path: Path) -> None:
    kubernetes_validate.validate(load(path), kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kustomize_builds_it_and_each_part_is_valid(kind: str) -> None:
    if not (kubectl := shutil.which("kubectl")):
        pytest.skip("kubectl is not on this machine: kustomize is not tried")
    built = subprocess.run(
        [kubectl, "kustomize", str(KUBERNETES / kind)], check=False, capture_output=True, text=True, timeout=60
    )
    assert built.returncode == 0, built.stderr
    parts = list(yaml.safe_load_all(built.stdout))
    for part in parts:
        kubernetes_validate.validate(part, kubernetes_validate.latest_version(), strict=True)
    kinds = {part["kind"] for part in parts}
    assert {"Deployment", "Service", "NetworkPolicy", "Namespace", "ConfigMap"} <= kinds
    assert ("PersistentVolumeClaim" in kinds) == (kind == "sqlite")


def test_what_kustomize_names_is_there() -> None:
    for file in KUBERNETES.rglob("kustomization.yaml"):
        assert [name for name in load(file)["resources"] if not (file.parent / name).exists()] == []


def test_every_setting_that_is_named_exists() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*DEPLOY.rglob("*.yaml"), ROOT / "Dockerfile"))
    named = {name for name in re.findall(r"\bSYNCD_[A-Z0-9_]+", text) if name != "SYNCD_PORT"}
    assert named - KNOWN - OTHERS == set()
    assert len(named) > 8


def test_every_secret_that_is_read_is_in_the_example() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in KUBERNETES.rglob("kustomization.yaml"))
    read = set(re.findall(r"/run/secrets/syncd/([a-z_]+)", text))
    assert read == set(load(KUBERNETES / "secret.example.yaml")["stringData"])


def containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from pod["initContainers"]
    yield from pod["containers"]


def test_the_pod_has_no_right_and_stands_alone() -> None:
    """The restricted profile of Pod Security Standards; one pod, gone before the next takes the store."""
    spec = load(KUBERNETES / "sqlite" / "deployment.yaml")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    pod = spec["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    for container in containers(pod):
        context = container["securityContext"]
        assert (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"]) == (False, True)
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
    (syncd,) = pod["containers"]
    assert syncd["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert syncd["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert f"EXPOSE {syncd['ports'][0]['containerPort']}" in DOCKERFILE
    assert f"USER {pod['securityContext']['runAsUser']}" in DOCKERFILE


def test_compose_holds_every_service_without_rights_and_each_secret_in_a_file() -> None:
    for name, service in COMPOSE["services"].items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {*service["secrets"]} <= COMPOSE["secrets"].keys(), name
        files = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in service["secrets"]}, name
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["syncd"]["ports"])
    health = re.search(r"HEALTHCHECK .* CMD (\[.*\])", DOCKERFILE)
    assert health and ["CMD", *yaml.safe_load(health[1])] == COMPOSE["services"]["syncd"]["healthcheck"]["test"]


def test_compose_itself_takes_the_file() -> None:
    asked = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], check=False, capture_output=True, timeout=60
    )
    if not asked or asked.returncode:
        pytest.skip("docker compose is not on this machine: compose.yaml is not tried by it")
    settings = {"SYNCD_SALESFORCE_LOGIN_URL": "https://x", "SYNCD_SALESFORCE_CLIENT_ID": "x", "PATH": "/usr/bin:/bin"}
    checked = subprocess.run(
        ["docker", "compose", "--file", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        check=False, capture_output=True, text=True, env=settings, timeout=60,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr

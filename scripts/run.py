"""Start the site on this machine: prepare, then the web server and the worker beside each other until Ctrl-C.

Only the standard library, so that the process that watches the others stays small.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
PYTHON = sys.executable
START_SECONDS = 60
STOP_SECONDS = 10


def main() -> int:
    port = wanted_port()
    os.chdir(ROOT)
    os.environ.update(environment(port))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_asked)
    try:
        return serve(port)
    except Stopped:
        return 0


class Stopped(BaseException):
    """Somebody pressed Ctrl-C, or asked us to end."""


def stop_asked(number, frame):
    # Once is enough: a second Ctrl-C must not break off the tidying up.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    raise Stopped


def wanted_port() -> int:
    """Return PORT when it is a free port, else say what to do and end."""
    text = os.environ.get("PORT", "") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            sys.exit(f"Port {text} is for the system. Choose one above 1023, for example: make run PORT=8001")
        except OSError:
            sys.exit(f"Port {text} is taken, perhaps by another `make run`. Choose another: make run PORT=8001")
    return int(text)


def environment(port: int) -> dict[str, str]:
    """Return production settings for this machine alone; what the caller has set himself stays."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "elearning.settings.production",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{port}",
        "LOG_FORMAT": "readable",
    }
    chosen = {name: os.environ.get(name, value) for name, value in ours.items()}
    secret = os.environ.get("SECRET_KEY") or kept_secret()
    return {**chosen, "SECRET_KEY": secret, "BIND": f"127.0.0.1:{port}", "PYTHONUNBUFFERED": "1"}


def kept_secret() -> str:
    """Return this machine's secret key, made at the first start; only the owner can read its file."""
    path = VAR / "secret-key"
    VAR.mkdir(exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def serve(port: int) -> int:
    manage = [PYTHON, "manage.py"]
    running: dict[str, subprocess.Popen] = {}
    try:
        running["preparation"] = start([*manage, "prepare"])
        if code := running["preparation"].wait():
            print("The preparation failed; nothing was started.", file=sys.stderr)
            return code
        del running["preparation"]
        running["web server"] = start([PYTHON, "-m", "gunicorn", "-c", "elearning/gunicorn.py"])
        running["worker"] = start([*manage, "work"])
        if not wait_until_ready(port, running):
            return complain(running)
        print(accounts(manage), end="", flush=True)
        print(f"\nOpen http://localhost:{port} – Ctrl-C stops everything.\n", flush=True)
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.5)
        return complain(running)
    finally:
        stop_all(running)


def start(command: list[str]) -> subprocess.Popen:
    """Start a process in a group of its own: Ctrl-C then reaches us alone, and we stop the whole group."""
    return subprocess.Popen(command, start_new_session=True)


def wait_until_ready(port: int, running: dict[str, subprocess.Popen]) -> bool:
    print("Starting the web server and the worker …", flush=True)
    for _ in range(START_SECONDS * 5):
        if any(process.poll() is not None for process in running.values()):
            return False
        if is_ready(port):
            return True
        time.sleep(0.2)
    return False


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def accounts(manage: list[str]) -> str:
    """Return the table of demonstration accounts; empty where there are none (a site of one's own)."""
    done = subprocess.run([*manage, "demo_accounts"], capture_output=True, text=True, check=False)
    return f"\n{done.stdout}" if done.returncode == 0 else ""


def complain(running: dict[str, subprocess.Popen]) -> int:
    for name, process in running.items():
        if process.poll() is not None:
            print(f"The {name} ended by itself (code {process.returncode}); stopping the rest.", file=sys.stderr)
            return process.returncode or 1
    print(f"The site was not ready within {START_SECONDS} seconds; stopping.", file=sys.stderr)
    return 1


def stop_all(running: dict[str, subprocess.Popen]) -> None:
    """End every group we started, politely, then for good."""
    for process in running.values():
        signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in running.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        signal_group(process, signal.SIGKILL)
        process.wait()


def signal_group(process: subprocess.Popen, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the group is gone
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main())

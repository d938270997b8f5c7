"""Makes the launcher's environment: what it takes of the system, the locked packages, the libvirt binding, this program.

Read by the launcher only when the environment is not there yet, so that a start that finds it does not wait for this. It has to be
readable by Python 3.8.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BINDING = ("libvirt.py", "libvirtaio.py", "libvirt_qemu.py", "libvirtmod.*.so", "libvirtmod_qemu.*.so")
PACKAGES_HINT = (
    "They come from PyPI, or from where pip's settings (/etc/pip.conf, PIP_INDEX_URL) point to: is that reached from here?"
    " Then run the same command again."
)
DISTRIBUTION_PACKAGES = ("usr/lib/python3/dist-packages", "usr/lib64/python3*/site-packages", "usr/lib/python3*/site-packages")


def say(text):
    print(f"ovirt-hc-setup: {text}", file=sys.stderr, flush=True)


def die(text, hint):
    say(f"{text}\n  {hint}")
    sys.exit(2)


def install(manager, packages, remark=""):
    """Install system packages, telling so; only as root. `remark` helps when it fails."""
    command = [manager, "install", "-y", *packages]
    if os.geteuid() != 0:
        die("system packages are missing: " + " ".join(packages), "Install them as root: " + " ".join(command))
    say("installing system packages (once): " + " ".join(packages))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": environment}
    if manager == "apt-get":
        command = [manager, "install", "-y", "-q", "--no-install-recommends", *packages]
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False, **quiet).returncode == 0:
            return
        subprocess.run([manager, "update", "-q"], check=False, **quiet)
    if subprocess.run(command, check=False, **quiet).returncode != 0:
        die("the packages could not be installed", " ".join(["See what it says:", *command, remark]).rstrip())


def newer_python(oldest):
    """A newer interpreter of the distribution, installed, where the one that it comes with is too old."""
    if not shutil.which("dnf"):
        what = "the distribution's Python is older than %d.%d" % oldest
        die(what, "Install one with the package manager (on Enterprise Linux 9: dnf install python3.12).")
    install("dnf", ["python3.12", "python3.12-pip"])
    return "/usr/bin/python3.12"


def need_system_packages(python):
    """venv, and the libvirt binding where the distribution has one for its own Python."""
    missing = []
    if subprocess.run([python, "-I", "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        missing.append("python3-venv" if shutil.which("apt-get") else "python3-pip")
    if python == "/usr/bin/python3" and not binding_files():
        missing.append("python3-libvirt")
    if missing:
        manager = "apt-get" if shutil.which("apt-get") else "dnf"
        if not shutil.which(manager):
            die("system packages are missing: " + " ".join(missing), "Install them with the package manager of this system.")
        install(manager, missing)


def need_compiler(python, version):
    """What building the libvirt binding takes, told and installed where it is not there."""
    code = "import os, sysconfig; print(os.path.exists(os.path.join(sysconfig.get_paths()['include'], 'Python.h')))"
    has_headers = subprocess.run([str(python), "-I", "-c", code], stdout=subprocess.PIPE, check=False).stdout.strip() == b"True"
    headers = ["pkg-config", "--exists", "libvirt"]
    has_libvirt = bool(shutil.which("pkg-config")) and subprocess.run(headers, check=False).returncode == 0
    if has_headers and has_libvirt and shutil.which("gcc"):
        return
    if shutil.which("apt-get"):
        install("apt-get", ["gcc", "pkg-config", "libvirt-dev", "python3-dev"])
    elif shutil.which("dnf"):
        development = "python%d.%d-devel" % version
        install("dnf", ["gcc", "pkgconf-pkg-config", "libvirt-devel", development], "libvirt-devel is in the repository CRB.")
    else:
        die("the libvirt binding has to be built", "Install gcc, pkg-config, and the headers of libvirt and of this Python.")


def binding_files(root=Path("/")):
    """The files of the distribution's libvirt binding: Debian has one folder for all of Python 3, Enterprise Linux one a version."""
    for folder in (folder for pattern in DISTRIBUTION_PACKAGES for folder in sorted(root.glob(pattern))):
        if (folder / "libvirt.py").exists():
            return sorted(path for pattern in BINDING for path in folder.glob(pattern))
    return []


def build(command, failure, hint="See the lines above; then run the same command again."):
    """Run a command that writes into the environment; its output is shown only when it fails."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    # It inherits the lock: when we are killed, the next start waits until what we started has ended too.
    outcome = subprocess.run(command, check=False, close_fds=False, **quiet)
    if outcome.returncode != 0:
        sys.stderr.buffer.write(outcome.stdout)
        die(failure, hint)


def pip(python, *words):
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *words]
    build(command, "the Python packages could not be installed", PACKAGES_HINT)


def link_binding(python, version, site):
    """The distribution's libvirt binding where it fits this Python, else one built from source."""
    for path in binding_files():
        (site / path.name).symlink_to(path)
    if subprocess.run([str(python), "-I", "-c", "import libvirt"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return
    for path in binding_files():
        (site / path.name).unlink()
    need_compiler(python, version)
    say("building the libvirt binding for this Python")
    pip(python, "--require-hashes", "--no-deps", "-r", str(CHECKOUT / "requirements" / "libvirt.lock"))


def make(python, version, lists, target):
    """Make the environment aside and rename it: it is there as a whole or not at all."""
    need_system_packages(python)
    aside = target.with_name(target.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    say("preparing the Python environment (once)")
    build([python, "-I", "-m", "venv", str(aside)], "the Python environment could not be made")
    inner = aside / "bin" / "python"
    for path in lists:
        pip(inner, "--require-hashes", "--no-deps", "-r", str(path))
    site = next((aside / "lib").glob("python3.*")) / "site-packages"
    link_binding(inner, version, site)
    # Relative, so that the checkout can be moved or be bound elsewhere.
    (site / "ovirt_hc_setup").symlink_to(os.path.relpath(CHECKOUT / "setup", target / "lib" / site.parent.name / "site-packages"))
    aside.rename(target)


def prepare(python, version, lists, target):
    """Make the environment `target`, or wait until another start has made it."""
    target = Path(target)
    try:
        target.parent.mkdir(exist_ok=True)
        lock = (target.parent / "lock").open("w")
    except OSError as error:
        hint = "Let who owns this checkout start it once, or copy it to where you can write."
        die(f"the Python environment is not there yet, and {target.parent} cannot be written: {error.strerror}", hint)
    with lock:
        os.set_inheritable(lock.fileno(), True)
        wait_for(lock)  # two that start at once: the second finds it made
        if not (target / "bin" / "python").exists():
            make(python, version, lists, target)


def wait_for(lock):
    """Take the lock; says so when another start has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another start that prepares the Python environment")
        fcntl.flock(lock, fcntl.LOCK_EX)

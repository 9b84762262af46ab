"""Notebooks run in memory: a fresh kernel of this very Python for each, gone when the run is over.

The given notebooks are not changed and nothing is written but the kernels' own files in a scratch folder.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from review.errors import NotebookFailed

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "python3"

#: Seconds for a kernel to answer its first question; generous, for machines under load.
START_SECONDS = 120

#: Longest folder for sockets: their whole path may have 103 characters on macOS, 107 on Linux.
SOCKET_FOLDER = 85

#: Exit code of a command that SIGTERM has ended, as shells give it.
TERMINATED = 128 + signal.SIGTERM

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

Progress = Callable[[str], None]


class ThisPython(KernelSpecManager):
    """Gives the running interpreter as the only kernel, whatever is installed under the name elsewhere.

    `-P` keeps the notebooks' folder off the import path: a file named like a library there would otherwise run.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel of this interpreter, without history, so that nothing is kept."""
        command = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        options = ["--HistoryManager.enabled=False", "--InteractiveShellApp.ignore_cwd=True", "--log-level=ERROR"]
        return KernelSpec(argv=[*command, *options], display_name=kernel_name, language="python")


def run_notebooks(
    notebooks: Sequence[tuple[Path, NotebookNode]], scratch: Path, *, jobs: int, progress: Progress
) -> list[NotebookNode]:
    """Copies of the notebooks with the outputs that their cells give now.

    Parameters
    ----------
    notebooks : sequence of (Path, NotebookNode)
        Each with the file that it stands in; its kernel starts in that file's folder.
    scratch : Path
        A folder for the kernels' own files, which the caller removes.
    jobs : int
        How many run side by side.
    progress : callable
        Is told which notebook starts.

    Returns
    -------
    list of NotebookNode
        In the given order.

    Raises
    ------
    NotebookFailed
        At the first cell that raises, or if a kernel dies; all kernels are ended first.
    """
    for number in range(len(notebooks)):
        (scratch / str(number)).mkdir(parents=True)
    try:
        return asyncio.run(_run_all(notebooks, scratch, jobs, progress))
    except asyncio.CancelledError:
        raise SystemExit(TERMINATED) from None


async def _run_all(
    notebooks: Sequence[tuple[Path, NotebookNode]], scratch: Path, jobs: int, progress: Progress
) -> list[NotebookNode]:
    _end_in_order_when_terminated()
    free = asyncio.Semaphore(max(jobs, 1))

    async def run(number: int, path: Path, notebook: NotebookNode) -> NotebookNode:
        async with free:
            progress(f"Running {path.name}")
            return await _run_one(path, notebook, scratch / str(number))

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(number, *given)) for number, given in enumerate(notebooks)]
    except* NotebookFailed as failures:
        # Of several that fail at once, the first in the group is told.
        raise _first(failures) from None
    return [task.result() for task in tasks]


def _end_in_order_when_terminated() -> None:
    """Let SIGTERM end the kernels first, as Ctrl-C does; where that cannot be set, kernels see that we have gone."""
    task = asyncio.current_task()
    with suppress(NotImplementedError, RuntimeError, ValueError):
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def _run_one(path: Path, notebook: NotebookNode, scratch: Path) -> NotebookNode:
    copy = deepcopy(notebook)
    manager = AsyncKernelManager(
        kernel_name=KERNEL,
        kernel_spec_manager=ThisPython(),
        connection_file=str(scratch / "kernel.json"),
        transport=_transport(scratch),
    )
    client = NotebookClient(copy, km=manager, record_timing=False, startup_timeout=START_SECONDS)
    client.reset_execution_trackers()
    try:
        await client.async_start_new_kernel(cwd=str(path.parent), env=_environment(scratch))
        await client.async_start_new_kernel_client()
        await _run_cells(client, copy, path)
    finally:
        await _end(client, manager)
    return copy


async def _run_cells(client: NotebookClient, notebook: NotebookNode, path: Path) -> None:
    for index, cell in enumerate(notebook.cells):
        try:
            await client.async_execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
        except CellExecutionError as fault:
            raise NotebookFailed(str(path), index + 1, _COLOURS.sub("", fault.traceback)) from None
        except DeadKernelError as fault:
            # nbclient says the same when the run itself was stopped, by Ctrl-C or by another notebook's failure.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from None
            raise NotebookFailed(str(path), index + 1, "the kernel died while it ran this cell") from fault


async def _end(client: NotebookClient, manager: AsyncKernelManager) -> None:
    """End the kernel at once and leave nothing of it."""
    if client.kc is not None:
        client.kc.stop_channels()
    if manager.has_kernel:
        await manager.shutdown_kernel(now=True)


def _transport(scratch: Path) -> str:
    """Sockets in our own folder, which nobody else on the machine can listen to; ports where there are none."""
    return "ipc" if os.name == "posix" and len(str(scratch)) <= SOCKET_FOLDER else "tcp"


def _environment(scratch: Path) -> dict[str, str]:
    """The environment of a kernel: no settings or start-up files of the user, so that every machine gives the same."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    return {**kept, "IPYTHONDIR": str(scratch / "ipython")}


def _first(failures: BaseExceptionGroup[NotebookFailed]) -> BaseException:
    fault: BaseException = failures
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault

import errno
import os
import signal
import subprocess

from bpfref.loader import bpf

with bpf.open("task-storage.bpf.o") as obj, obj.load() as coll:
    generations = coll.maps["generations"]
    coll.attach()

    # region user
    me = os.pidfd_open(os.getpid())  # from user space a pidfd names the task
    generations[me] = 0
    # endregion
    with subprocess.Popen(["/bin/sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE, text=True) as shell:
        child = os.pidfd_open(shell.pid)
        grandchild = os.pidfd_open(int(shell.stdout.readline()))
        print("generations:", generations[me], generations[child], generations[grandchild])
        signal.pidfd_send_signal(grandchild, signal.SIGKILL)

    # region delete
    del generations[me]
    try:
        generations.delete(me)
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    # endregion

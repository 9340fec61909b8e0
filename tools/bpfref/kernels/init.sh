#!/usr/bin/busybox sh
# What a guest of bpfref does first and last: it mounts, opens the channels to the host, loads the
# modules that the job asked for, runs the job, and says that it has ended. Process 1: it must not
# exit, and whatever goes wrong is said on the channel for results.

export PATH=/usr/bin:/usr/sbin HOME=/tmp LC_ALL=C.UTF-8 TERM=linux
export PYTHONPATH=/job PYTHONDONTWRITEBYTECODE=1

say() { echo "$1" >&3; }

finish() {
	exec 4>&- 5>&- # a serial port is closed only when all of it has gone out
	say
	say "$1" # on a line of its own, even when the job stopped within one
	exec 3>&-
	reboot -f
	while :; do sleep 60; done
}

refuse() { finish "{\"bpfref\":\"refused\",\"why\":\"$1\"}"; }

# The host asks for as many channels as it reads, under these names; where the kernel has no driver
# for the fast ones, they are serial ports, in this order after the console.
channel() {
	for port in /sys/class/virtio-ports/*; do
		if [ -e "$port/name" ] && [ "$(cat "$port/name")" = "bpfref.$1" ]; then
			echo "/dev/${port##*/}"
			return
		fi
	done
	stty -F "/dev/$2" raw -echo
	echo "/dev/$2"
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec 3>"$(channel results ttyS1)" 4>"$(channel output ttyS2)" 5>"$(channel log ttyS3)"

mount_at() {
	mkdir -p "$2"
	mount -t "$1" "$1" "$2" || missing="$missing $2"
}

missing=
mount_at tmpfs /tmp
chmod 1777 /tmp
mount_at devpts /dev/pts
mount_at tmpfs /dev/shm
mount_at bpf /sys/fs/bpf
mount_at cgroup2 /sys/fs/cgroup
mount_at debugfs /sys/kernel/debug
mount_at tracefs /sys/kernel/tracing
mount_at securityfs /sys/kernel/security
[ -z "$missing" ] || refuse "cannot mount$missing"
ip link set lo up || refuse "the loopback device does not come up"
hostname bpfref
ulimit -l unlimited || refuse "the limit on locked memory cannot be lifted"

say "{\"bpfref\":\"begin\",\"release\":\"$(uname -r)\"}"

for module in /lab/modules/*.ko; do
	[ -e "$module" ] || break
	insmod "$module" 2>&4 || {
		dmesg >&5
		refuse "the module ${module##*/} cannot be loaded"
	}
done

cd /job || refuse "there is no job"
if [ -e /lab/shell ]; then
	setsid cttyhack busybox sh -l 3>&- 4>&- 5>&-
else
	BPFREF_RESULTS=3 /usr/bin/sh /lab/command </dev/null >&4 2>&1 4>&- 5>&-
fi
code=$?
dmesg >&5
finish "{\"bpfref\":\"end\",\"exit\":$code}"

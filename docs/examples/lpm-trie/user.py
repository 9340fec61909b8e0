import errno
from ipaddress import IPv4Address, IPv4Network

from bpfref.loader import bpf


def prefix(text: str) -> dict[str, object]:
    network = IPv4Network(text)
    return {"length": network.prefixlen, "address": network.network_address.packed}


def packet(source: str) -> bytes:
    head = bytes.fromhex("ffffffffffff 020000000001 0800") + bytes([0x45]) + bytes(11)
    return (head + IPv4Address(source).packed).ljust(64, b"\0")


with bpf.open("lpm-trie.bpf.o") as obj, obj.load() as coll:
    filter_, verdicts = coll.programs["filter"], coll.maps["verdicts"]

    # region user
    verdicts[prefix("10.0.0.0/8")] = bpf.XDP_DROP
    verdicts[prefix("10.1.0.0/16")] = bpf.XDP_TX
    # endregion
    for source in ("10.1.2.3", "10.2.2.3", "11.1.2.3"):
        print(source, filter_.test_run(packet(source)).retval)
    print(coll.variables["unmatched"], "unmatched")

    # region walk
    print([f"{IPv4Address(bytes(key.address))}/{key.length}" for key in verdicts])
    print(verdicts[prefix("10.1.128.0/24")])  # a lookup by user space takes the longest match as well
    del verdicts[prefix("10.1.0.0/16")]
    print(verdicts[prefix("10.1.128.0/24")])
    try:
        del verdicts[prefix("10.1.128.0/24")]  # a deletion does not
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    # endregion

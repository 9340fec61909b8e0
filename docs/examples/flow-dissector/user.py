import struct
from ipaddress import IPv4Address

from bpfref.loader import bpf

ETHERNET = "020000000002 020000000001"
PACKETS = {
    "UDP": f"{ETHERNET} 0800 4500001c 00000000 40110000 0a000001 0a000002 03e80035 00080000",
    "ARP": f"{ETHERNET} 0806 00010800 06040001 020000000001 0a000001 000000000000 0a000002",
}

with bpf.open("flow-dissector.bpf.o") as obj, obj.load() as coll:
    for name, packet in PACKETS.items():
        keys = coll.programs["dissect"].test_run(bytes.fromhex(packet)).data  # a struct bpf_flow_keys
        header, kind = struct.unpack_from("=2xHH", keys)
        source_port, target_port, source, target = struct.unpack_from(">HHII", keys, 12)
        if not kind:
            print(f"{name}: no keys")
            continue
        print(
            f"{name}: {IPv4Address(source)} port {source_port} to {IPv4Address(target)} port {target_port},",
            f"{name} header at {header}",
        )

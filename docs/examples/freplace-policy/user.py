from bpfref.loader import bpf

PACKET = bytes(64)

with bpf.open("freplace-policy.bpf.o") as obj, obj.load() as coll:
    firewall = coll.programs["firewall"]
    print("as loaded:", firewall.test_run(PACKET).retval)
    # region attach
    with bpf.open("freplace-policy.bpf.o") as again:
        again.programs["drop_all"].set_attach_target("decide", firewall)
        with again.load(["drop_all"]) as extension, extension.programs["drop_all"].attach_freplace():
            # endregion
            print("with the extension:", firewall.test_run(PACKET).retval)
    print("after it:", firewall.test_run(PACKET).retval)

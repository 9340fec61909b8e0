"""Fields of `union bpf_attr`: named alike in headers that name their structs and in those that do not."""

from pathlib import Path

from bpfref.formats.attribute_fields import parse_field_names

OLD = """
union bpf_attr {
	struct { /* anonymous struct used by BPF_MAP_CREATE command */
		__u32 map_type;
		__u32 key_size;
	};
	struct {
		union { __u32 start_id; __u32 prog_id; };
		__u32 next_id;
	};
};
"""
NEW = """
union bpf_attr {
	struct {
		__u32 map_type;
		__u32 key_size;
		__u32 map_flags;
	};
	struct {
		__u32 prog_fd;
		struct { __u32 flags; } tracing;
	} link_create;
};
"""


def _parse(text: str) -> frozenset[str]:
    return parse_field_names("#include <linux/types.h>\n" + text, Path("bpf.h"))


def test_a_struct_without_a_name_goes_by_its_first_field() -> None:
    assert _parse(OLD) == {"map_type.map_type", "map_type.key_size", "start_id.start_id", "start_id.prog_id"} | {
        "start_id.next_id"
    }


def test_fields_of_inner_structs_have_the_way_to_them() -> None:
    assert _parse(NEW) - _parse(OLD) == {"map_type.map_flags", "link_create.prog_fd", "link_create.tracing.flags"}


def test_a_header_without_the_union_has_no_fields() -> None:
    assert _parse("struct other { __u32 a; };\n") == frozenset()

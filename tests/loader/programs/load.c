// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Loads each object that is named, and prints its name and what libbpf said: 0, or a negative errno. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/libbpf.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

int main(int count, char **names)
{
	libbpf_set_print(quiet);
	for (int i = 1; i < count; i++) {
		struct bpf_object *object = bpf_object__open_file(names[i], NULL);
		int said = object ? bpf_object__load(object) : -1;

		printf("%s %d\n", names[i], said);
		bpf_object__close(object);
	}
	return 0;
}

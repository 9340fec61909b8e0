#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_helpers.h>

const volatile __u64 begin, end;
__u64 inside;

// region program
SEC("perf_event")
int fault(struct bpf_perf_event_data *sample)
{
	if (sample->addr >= begin && sample->addr < end)
		inside++; // this event is of one thread: no other CPU counts meanwhile
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";

"""Questions to kernels, and their answers in `data/verified/probes`.

`ask` is the part that runs beside the kernel that is asked: standard library only, told by JSON what
to ask, giving back errnos and logs and no opinion. The rest makes the questions, reads verdicts out
of the answers, and proves itself on what is known before it believes any.
"""

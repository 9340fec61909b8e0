"""What runs beside the kernel that is asked: standard library only, no opinion on the answers."""

"""From instructions to programs in a kernel. Modules here that say so are stdlib only: guests run them."""

"""Parts of `bench/soak.py`: engines well and ill, a server that can be asked, clients of every kind."""

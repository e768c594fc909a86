"""llama.cpp built for the processor at hand: its source, the build, and the engine that comes of it."""

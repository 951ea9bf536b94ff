# The library for programs of others.
room(sim/lib sim_world)

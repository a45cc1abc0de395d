# what probes adds to the build

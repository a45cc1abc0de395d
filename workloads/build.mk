# what workloads adds to the build

# what hypervisor-harness/lab adds to the build

# what hypervisor-harness/minivisor adds to the build

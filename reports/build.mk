# what reports adds to the build

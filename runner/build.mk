# what runner adds to the build

# what collectors adds to the build

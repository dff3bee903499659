/// Places that hold files: listing, sizes and times.
@NullMarked
package io.neuralake.storage;

import org.jspecify.annotations.NullMarked;

/// Stores of objects, spoken to as users would: against other people's servers in processes of their own.
@NullMarked
package io.neuralake.conformance.storage;

import org.jspecify.annotations.NullMarked;

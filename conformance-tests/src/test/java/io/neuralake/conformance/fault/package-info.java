/// What goes wrong: damaged files, missing files, too little memory, cancelled queries.
@NullMarked
package io.neuralake.conformance.fault;

import org.jspecify.annotations.NullMarked;

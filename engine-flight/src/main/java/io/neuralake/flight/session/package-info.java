/// Sessions of clients, found again by a cookie.
@NullMarked
package io.neuralake.flight.session;

import org.jspecify.annotations.NullMarked;

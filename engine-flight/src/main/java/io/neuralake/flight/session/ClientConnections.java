package io.neuralake.flight.session;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/// Tells which gRPC connection a call came over, and when a connection has ended. A connection is an
/// object without content.
final class ClientConnections extends ServerTransportFilter implements ServerInterceptor {
    private static final Attributes.Key<Object> ATTRIBUTE =
            Attributes.Key.create("neuralake-connection");
    private static final Context.Key<Object> CURRENT = Context.key("neuralake-connection");

    private final Consumer<Object> onEnd;

    /// Tells `onEnd` of connections that have ended.
    ClientConnections(Consumer<Object> onEnd) {
        this.onEnd = onEnd;
    }

    void install(NettyServerBuilder builder) {
        builder.addTransportFilter(this).intercept(this);
    }

    /// Returns the connection of the call that this thread serves, or null outside of calls.
    static @Nullable Object current() {
        return CURRENT.get();
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        return attributes.toBuilder().set(ATTRIBUTE, new Object()).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
        Object connection = attributes == null ? null : attributes.get(ATTRIBUTE);
        if (connection != null) {
            onEnd.accept(connection);
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Object connection = call.getAttributes().get(ATTRIBUTE);
        return Contexts.interceptCall(
                Context.current().withValue(CURRENT, connection), call, headers, next);
    }
}

package io.neuralake.flight.command;

import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.session.SessionRegistry.CallSession;
import io.neuralake.planner.SessionSettings;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SessionOptionValueVisitor;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.SetSessionOptionsResult.ErrorValue;
import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Sets, shows and forgets the options of a session: `catalog`, `schema`, `timezone` and all that SET
/// knows.
public final class SessionCommands {
    /// Sets options; those that are refused are named with the reason.
    public void set(
            SetSessionOptionsRequest request,
            CallContext context,
            StreamListener<SetSessionOptionsResult> client) {
        CallSession call = SessionRegistry.of(context);
        Map<String, SetSessionOptionsResult.Error> errors = new HashMap<>();
        for (Map.Entry<String, SessionOptionValue> option :
                request.getSessionOptions().entrySet()) {
            boolean known =
                    SessionSettings.all(call.session()).containsKey(option.getKey().toLowerCase());
            try {
                SessionSettings.set(
                        call.session(),
                        option.getKey(),
                        option.getValue().acceptVisitor(new AsText()));
            } catch (NeuralakeException e) {
                errors.put(
                        option.getKey(),
                        new SetSessionOptionsResult.Error(
                                known ? ErrorValue.INVALID_VALUE : ErrorValue.INVALID_NAME));
            }
        }
        call.keep();
        client.onNext(new SetSessionOptionsResult(errors));
        client.onCompleted();
    }

    /// Sends all options.
    public void get(CallContext context, StreamListener<GetSessionOptionsResult> client) {
        Map<String, SessionOptionValue> options = new HashMap<>();
        SessionSettings.all(SessionRegistry.of(context).session())
                .forEach(
                        (name, value) ->
                                options.put(
                                        name,
                                        SessionOptionValueFactory.makeSessionOptionValue(value)));
        client.onNext(new GetSessionOptionsResult(options));
        client.onCompleted();
    }

    /// Ends the session.
    public void close(CallContext context, StreamListener<CloseSessionResult> client) {
        SessionRegistry.of(context).close();
        client.onNext(new CloseSessionResult(CloseSessionResult.Status.CLOSED));
        client.onCompleted();
    }

    /// Turns an option into the text that SET takes; empty resets it.
    private static final class AsText implements SessionOptionValueVisitor<Optional<String>> {
        @Override
        public Optional<String> visit(String value) {
            return Optional.of(value);
        }

        @Override
        public Optional<String> visit(boolean value) {
            return Optional.of(Boolean.toString(value));
        }

        @Override
        public Optional<String> visit(long value) {
            return Optional.of(Long.toString(value));
        }

        @Override
        public Optional<String> visit(double value) {
            return Optional.of(Double.toString(value));
        }

        @Override
        public Optional<String> visit(String[] value) {
            return Optional.of(String.join(",", value));
        }

        @Override
        public Optional<String> visit(@Nullable Void value) {
            return Optional.empty();
        }
    }
}

package io.neuralake.flight.command;

import com.google.protobuf.ByteString;

import io.neuralake.flight.error.FlightErrors;
import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.session.Transactions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginTransactionResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionEndTransactionRequest;

/// Begins and ends transactions that clients name by identifiers.
public final class TransactionCommands {
    private final Transactions transactions;

    /// Ends those of `transactions`.
    public TransactionCommands(Transactions transactions) {
        this.transactions = transactions;
    }

    /// Begins a transaction and sends its identifier.
    public void begin(CallContext context, StreamListener<ActionBeginTransactionResult> client) {
        try {
            String id = SessionRegistry.of(context).begin();
            client.onNext(
                    ActionBeginTransactionResult.newBuilder()
                            .setTransactionId(ByteString.copyFromUtf8(id))
                            .build());
            client.onCompleted();
        } catch (RuntimeException | Error e) {
            client.onError(FlightErrors.toFlight(e));
        }
    }

    /// Commits or rolls back.
    public void end(ActionEndTransactionRequest request, StreamListener<Result> client) {
        try {
            String id = request.getTransactionId().toStringUtf8();
            switch (request.getAction()) {
                case END_TRANSACTION_COMMIT -> transactions.commit(id);
                case END_TRANSACTION_ROLLBACK -> transactions.rollback(id);
                case END_TRANSACTION_UNSPECIFIED, UNRECOGNIZED ->
                        throw new NeuralakeException(
                                ErrorCode.INVALID_PARAMETER,
                                "A transaction ends by commit or rollback");
            }
            client.onCompleted();
        } catch (RuntimeException | Error e) {
            client.onError(FlightErrors.toFlight(e));
        }
    }
}

package io.neuralake.flight;

import com.google.protobuf.Any;

import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A client whose bulk load has no end: it sends as fast as the server takes, until it is cancelled.
final class Endless implements Runnable {
    private static final int ROWS = 100_000;

    private final FlightClient client;
    private final BufferAllocator allocator;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile boolean heldBack;

    Endless(FlightClient client, BufferAllocator allocator) {
        this.client = client;
        this.allocator = allocator;
    }

    /// Tells whether the server took no more, once.
    boolean isHeldBack() {
        return heldBack;
    }

    void cancel() {
        cancelled.countDown();
    }

    @Override
    public void run() {
        CommandStatementIngest command =
                CommandStatementIngest.newBuilder()
                        .setTable("t")
                        .setTableDefinitionOptions(
                                TableDefinitionOptions.newBuilder()
                                        .setIfNotExist(
                                                TableNotExistOption.TABLE_NOT_EXIST_OPTION_FAIL)
                                        .setIfExists(TableExistsOption.TABLE_EXISTS_OPTION_APPEND))
                        .build();
        BigIntVector vector = new BigIntVector("n", allocator);
        try (VectorSchemaRoot root = new VectorSchemaRoot(List.of(vector))) {
            vector.allocateNew(ROWS);
            root.setRowCount(ROWS);
            ClientStreamListener stream =
                    client.startPut(
                            FlightDescriptor.command(Any.pack(command).toByteArray()),
                            root,
                            new AsyncPutListener());
            // Asked, not waited for: the load does not read at all.
            while (stream.isReady()) {
                stream.putNext();
            }
            heldBack = true;
            cancelled.await();
            stream.error(new IllegalStateException("enough"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

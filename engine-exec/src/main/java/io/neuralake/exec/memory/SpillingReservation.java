package io.neuralake.exec.memory;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryReservation;

/// Makes the query spill before it refuses to grow. Thread-safe.
final class SpillingReservation implements MemoryReservation {
    private final QueryMemory query;
    private final LimitedReservation reservation;

    SpillingReservation(QueryMemory query, LimitedReservation reservation) {
        this.query = query;
        this.reservation = reservation;
    }

    @Override
    public boolean tryGrow(long bytes) {
        query.makeRoom(bytes);
        return reservation.tryGrow(bytes)
                || query.makeRoomOrWait(bytes) && reservation.tryGrow(bytes);
    }

    @Override
    public void grow(long bytes) {
        query.makeRoom(bytes);
        try {
            reservation.grow(bytes);
        } catch (NeuralakeException e) {
            if (!query.makeRoomOrWait(bytes)) {
                throw e;
            }
            reservation.grow(bytes);
        }
    }

    @Override
    public void shrink(long bytes) {
        reservation.shrink(bytes);
    }

    @Override
    public long reservedBytes() {
        return reservation.reservedBytes();
    }

    @Override
    public void close() {
        reservation.close();
    }
}

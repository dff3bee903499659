package io.neuralake.storage.block;

import io.neuralake.storage.StoredEntry;

/// Names a block of one version of a file.
record BlockKey(StoredEntry file, int number) {
    long offset(int blockBytes) {
        return (long) number * blockBytes;
    }

    int bytes(int blockBytes) {
        return (int) Math.min(blockBytes, file.bytes() - offset(blockBytes));
    }
}

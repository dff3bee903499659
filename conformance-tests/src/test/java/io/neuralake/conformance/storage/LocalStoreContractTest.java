package io.neuralake.conformance.storage;

import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class LocalStoreContractTest extends ObjectStoreContract {
    private final LocalStore store = new LocalStore();

    @TempDir Path folder;

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    String folder() {
        return folder.toString();
    }
}

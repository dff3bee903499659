package io.neuralake.server;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;

/// Gives memory back to the system that nothing needs: garbage, and what native code has freed and
/// keeps for later. For moments without work, since all threads wait some 30 ms.
public final class IdleMemory {
    private static final System.Logger LOG = System.getLogger(IdleMemory.class.getName());

    private IdleMemory() {}

    /// Gives back what can be; returns whether the system takes native memory back.
    public static boolean release() {
        System.gc();
        try {
            Object[] noArguments = {new String[0]};
            String[] signature = {String[].class.getName()};
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            noArguments,
                            signature);
            return true;
        } catch (JMException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Native memory cannot be given back", e);
            return false;
        }
    }
}

/// Physical plans as pipelines: their construction and execution.
@NullMarked
package io.neuralake.exec.pipeline;

import org.jspecify.annotations.NullMarked;

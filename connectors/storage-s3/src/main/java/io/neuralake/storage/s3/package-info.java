/// The store of objects that speak S3, and commits that DynamoDB arbitrates where Spark writes too.
@NullMarked
package io.neuralake.storage.s3;

import org.jspecify.annotations.NullMarked;

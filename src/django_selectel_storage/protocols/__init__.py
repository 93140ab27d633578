"""What an object store can do, and the two protocols that say it: S3 and Swift."""

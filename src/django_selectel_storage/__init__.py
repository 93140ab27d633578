"""Django storage backend for Selectel Object Storage and every other S3 or OpenStack Swift store.

The rooms, from the door inwards; each imports only from its own line or a lower one:

    storage      the door: the classes that Django opens; configured, naming and files belong to it
    conf         the entrance: arguments + Django settings + DSN -> StorageOptions; below it, no Django
    protocols    what any object store can do (base), which one is chosen (factory), and how S3 and Swift say it
    signing      SigV4 and TempURL, pure functions
    transport    messages, bodies, retries; the pool is the only room that opens connections
    options, option_rules, option_values, dsn, names, headers, exceptions      pure

The path of a save: ``Storage.save`` -> ``storage._save`` -> ``names.object_key`` -> ``headers.for_object`` ->
``transport.body`` -> ``protocols.conditional.put_if_absent`` -> ``ObjectClient.put`` -> ``wire.put_object`` -> sign ->
``transport.pool.send`` -> ``wire.raise_for_status`` -> the stored name.
"""

__version__ = "2.0.0.dev0"

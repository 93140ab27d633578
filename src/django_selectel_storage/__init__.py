"""Django storage backend for Selectel Object Storage and every other S3 or OpenStack Swift store.

The rooms, from the door inwards; each imports only from its own line or a lower one:

    doctor       examines storages on their servers (manage.py selectel_doctor); testing: for the tests of sites
    storage      the door: the classes that Django opens. Behind it, each on the shoulders of the next: further (verbs
                 beyond Django's), direct_uploads, upload_links, storing (content to the key of a name), configured
                 (options, keys of names, migrations); static (hashed names and their manifest), naming (a free name),
                 content (what save() is given), files and file_types (what open() hands back), stored_content (what a
                 browser has put there itself), container, utils (1.x)
    staticfiles  opt-in: collectstatic that hashes locally, compares with one listing, uploads side by side
    uploads      opt-in: from the browser straight into the container
    transfer     selectel_transfer and selectel_headers: files moved, and described anew
    checks       system checks; debug: secrets masked in Django's error reports
    conf         the entrance: arguments + Django settings + DSN -> StorageOptions; below it, no Django
    windows      a file's bytes, fetched as they are read
    protocols    what any object store can do (base), which one is chosen (factory), and how S3 and Swift say it
    compression  what goes out compressed, and is unpacked on its way back
    signing      SigV4 and TempURL, pure functions
    transport    messages, bodies, retries; the pool is the only room that opens connections
    options, option_rules, option_values, dsn, hosts, names, headers, exceptions      pure

The path of a save: ``SelectelStorage.save`` -> ``content.rewindable`` -> ``_save`` -> ``storing._store`` ->
``names.object_key`` -> ``transport.body`` -> ``headers.for_object`` -> ``compression`` ->
``protocols.conditional.put_if_absent`` -> ``ObjectClient.put`` -> ``wire.put_object`` -> ``transport.pool.send`` ->
sign -> ``wire.raise_for_status`` -> the name.

The path of a read: ``SelectelStorage._open`` -> ``files.ObjectFile`` -> ``windows.Windows`` ->
``protocols.reading.Stretch`` -> ``ObjectClient.get`` -> ``wire.get_object`` -> ``transport.pool.send`` -> sign ->
``wire.read_range`` -> the bytes.

The path of a URL: ``SelectelStorage.url`` -> ``StorageOptions.signing_window`` -> ``ObjectClient.signed_url`` ->
``signing.sigv4`` or ``signing.tempurl``; nothing is sent.
"""

__version__ = "2.0.0.dev0"

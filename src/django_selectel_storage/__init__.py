"""Django storage backend for Selectel Object Storage and every other S3 or OpenStack Swift store.

The rooms, from the door inwards; each imports only from its own number or a higher one:

    1  management   the commands, thin
       staticfiles  opt-in: collectstatic that hashes locally, compares with one listing, uploads side by side
       uploads      opt-in: from the browser straight into the container
       transfer     selectel_transfer and selectel_headers: files moved, and described anew
       doctor       examines storages on their servers (selectel_doctor)
       testing      for the tests of sites
       devserver    real Swift in a process of its own
    2  storage      the door: the classes that Django opens. Behind it, each on the shoulders of the next: further
                    (verbs beyond Django's), direct_uploads, upload_links, storing (free names, content to their keys),
                    configured (options, keys of names, migrations). Beside them: static (hashed names and their
                    manifest), naming (a free name), content (what save() is given), files and file_types (what open()
                    hands back), stored_content (what a browser has put there itself), container, utils (1.x)
       checks       system checks; debug: secrets masked in Django's error reports; apps: the application
    3  conf         the entrance: arguments + Django settings + DSN -> StorageOptions; below it, no Django
       improper     errors of the rooms below as Django's ImproperlyConfigured
    4  protocols    what any object store can do (base), which one is chosen (factory), and how S3 and Swift say it
       windows      a file's bytes, fetched as they are read
    5  signing      SigV4 and TempURL, pure functions
       transport    messages, bodies, retries; the pool is the only room that sends over connections (doctor.network
                    opens sockets too, to look at them)
       compression  what goes out compressed, and is unpacked on its way back
    6  options, option_rules, option_values, dsn, hosts, names, headers, exceptions      pure

The path of a save: ``SelectelStorage.save`` -> ``content.rewindable`` -> ``_save_under_free_name``, which tries names
of ``naming.NameSearch`` -> ``_saved`` -> ``_save`` -> ``StoringStorage._store`` -> ``names.object_key``,
``body.body_of``, ``headers.for_object``, ``compression.compressed`` -> ``protocols.conditional.guard_for`` (is a HEAD
to come first, is there a condition?), ``put_if_absent`` ->
``ObjectClient.put`` -> ``wire.put_object`` -> ``Pool.send``, which has each try authorised (S3: ``signing.sigv4``;
Swift: the token of ``TokenKeeper.current``, whose login also told the path, and after a 401 once more with another one)
-> ``wire.raise_for_status`` -> the name. A large file leaves this path at ``put``, for ``s3.multipart.Uploads.store``.

Its hinge: Django's ``_save(name, content)`` has no room for "overwrite nothing". ``_saved`` says so beside it, in a
context variable (``naming.attempted``), and ``_save`` looks there (``naming.attempt_of``). A name that is taken comes
back the same way, and the next one is tried. Without such a word (``file_overwrite``, a file open for writing,
``_save`` called directly) ``_store`` goes straight to ``ObjectClient.put``.

The path of a read: ``SelectelStorage._open`` -> ``files.ObjectFile`` -> ``windows.Windows`` ->
``protocols.reading.Stretch`` -> ``ObjectClient.get`` -> ``wire.get_object`` -> ``Pool.send`` -> ``fields.object_range``
-> the bytes, which pass ``integrity.Checksum`` on their way.

The path of a listing: ``SelectelStorage.listdir`` or ``walk`` -> ``protocols.listing.pages`` -> ``ObjectClient.list``
-> ``wire.list_objects`` -> ``Pool.send`` -> ``wire.read_listing`` -> ``Listing``, whose ``keys`` are all that
``listdir`` looks at; ``walk`` has them ``described``.

Below ``Pool.send``: ``pool._try`` -> urllib3 -> ``pace.PacedConnection``, which writes the request, and
``heads.LeanResponse``, which reads the head of the answer -> ``pool._answer``; ``retries`` decides about another try.

The path of a URL: ``SelectelStorage.url`` -> ``names.object_key`` -> with ``custom_domain`` ``names.public_url``, where
nothing is signed ``ObjectClient.plain_url``; otherwise ``StorageOptions.signing_window`` -> ``ObjectClient.signed_url``
-> ``signing.sigv4`` or ``signing.tempurl``. Nothing is sent; Swift may have to be logged in to, and be asked
(``/info``) which digests it allows for signatures, each once.

The path of a static file: ``collectstatic.Command.collect`` -> ``_twin``, a copy of the user's storage on a
``LocalClient`` -> Django collects and post-processes into that; each file takes the path of a save as far as ``put``, a
hashed copy from ``_save`` on -> ``Deployment.run`` -> ``Destination.listing`` -> ``Destination.compared`` ->
``Manifests.announce`` -> ``Destination.upload``, straight to ``ObjectClient.put`` -> ``Manifests.commit``, from which
on sites use the new files -> ``Manifests.prunable`` -> ``Destination.remove``; where the manifest in use is the same,
it is neither announced nor committed. A page finds its hashed name by ``HashedNames._hashed_path``, for which Django
looks into ``hashed_files``, and goes on with the path of a URL.
"""

__version__ = "2.0.0.dev0"

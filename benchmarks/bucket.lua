-- Buckets as S3 has them, as far as collectstatic needs them: they keep what is put and list what they have.
-- Bytes lie in files that are named by their MD5, everything else in memory for as long as nginx runs. Whatever else S3
-- can do is refused; no signature is checked.

local bucket = {}

local PAGE = 1000 -- keys
local KEPT = { "content-type", "cache-control", "content-encoding" } -- beside x-amz-meta-*
local REFUSED = { "if-none-match", "x-amz-copy-source", "x-amz-decoded-content-length" } -- conditions, copies, chunks
local ENTRY = "<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>&quot;%s&quot;</ETag><Size>%d</Size>"
    .. "<StorageClass>STANDARD</StorageClass></Contents>"

local buckets = {} -- name: { objects = { key: object }, sorted = keys in byte order, or nil after a change }

local function answer(status, text)
    ngx.status = status
    ngx.header["Content-Type"] = "application/xml"
    ngx.header["Content-Length"] = #text
    ngx.print(text)
end

local function refuse(status, code)
    answer(status, "<Error><Code>" .. code .. "</Code></Error>")
end

local function read(path)
    local file = assert(io.open(path, "rb"))
    local content = file:read("*a")
    file:close()
    return content
end

local function write(path, content)
    local file = assert(io.open(path, "wb"))
    assert(file:write(content))
    assert(file:close())
end

local function body_of_request()
    ngx.req.read_body()
    local path = ngx.req.get_body_file()
    return path and read(path) or ngx.req.get_body_data() or ""
end

local function headers_to_keep(headers)
    local kept = {}
    for _, name in ipairs(KEPT) do
        kept[name] = headers[name]
    end
    for name, value in pairs(headers) do
        if name:find("^x%-amz%-meta%-") then
            kept[name] = value
        end
    end
    return kept
end

local function put(this, key, folder)
    local headers = ngx.req.get_headers()
    for _, name in ipairs(REFUSED) do
        if headers[name] then
            return refuse(501, "NotImplemented")
        end
    end
    local content = body_of_request()
    local md5 = ngx.md5(content)
    write(folder .. "/" .. md5, content)
    if not this.objects[key] then
        this.sorted = nil
    end
    local modified = ngx.utctime():gsub(" ", "T") .. ".000Z"
    this.objects[key] = { md5 = md5, size = #content, modified = modified, headers = headers_to_keep(headers) }
    ngx.header["ETag"] = '"' .. md5 .. '"'
    answer(200, "")
end

local function get(this, key)
    local object = this.objects[key]
    if not object then
        return refuse(404, "NoSuchKey")
    end
    for name, value in pairs(object.headers) do
        ngx.header[name] = value
    end
    ngx.header["ETag"] = '"' .. object.md5 .. '"'
    ngx.exec("/stored/" .. object.md5) -- nginx itself knows of HEAD, ranges and conditions
end

local function delete(this, key)
    this.objects[key] = nil
    this.sorted = nil
    ngx.status = 204
end

local function sorted_keys(this)
    if not this.sorted then
        this.sorted = {}
        for key in pairs(this.objects) do
            table.insert(this.sorted, key)
        end
        table.sort(this.sorted)
    end
    return this.sorted
end

local function page(this, prefix, after, most)
    local found = {}
    for _, key in ipairs(sorted_keys(this)) do
        if key > after and key:sub(1, #prefix) == prefix then
            if #found == most then
                return found, true
            end
            table.insert(found, key)
        end
    end
    return found, false
end

local function list(this, wanted)
    if wanted.delimiter or wanted["encoding-type"] ~= "url" then
        return refuse(501, "NotImplemented")
    end
    local token = wanted["continuation-token"]
    local after = token and ngx.decode_base64(token) or wanted["start-after"] or wanted.marker or ""
    local found, more = page(this, wanted.prefix or "", after, math.min(tonumber(wanted["max-keys"]) or PAGE, PAGE))
    local parts = {}
    for _, key in ipairs(found) do
        local object = this.objects[key]
        table.insert(parts, ENTRY:format(ngx.escape_uri(key), object.modified, object.md5, object.size))
    end
    if more then
        table.insert(parts, "<NextContinuationToken>" .. ngx.encode_base64(found[#found]) .. "</NextContinuationToken>")
    end
    answer(200, '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        .. "<EncodingType>url</EncodingType><KeyCount>" .. #found .. "</KeyCount><IsTruncated>" .. tostring(more)
        .. "</IsTruncated>" .. table.concat(parts) .. "</ListBucketResult>")
end

-- Answer one request; folder is where the bytes are kept, which nginx gives back as /stored/.
function bucket.serve(folder)
    local name, key = ngx.var.uri:match("^/([^/]+)/?(.*)$")
    local method, arguments = ngx.req.get_method(), ngx.req.get_uri_args()
    buckets[name] = buckets[name] or { objects = {} }
    local this = buckets[name]
    if key == "" and method == "GET" then
        return list(this, arguments)
    elseif key == "" or next(arguments) then
        return refuse(501, "NotImplemented")
    elseif method == "PUT" then
        return put(this, key, folder)
    elseif method == "GET" or method == "HEAD" then
        return get(this, key)
    elseif method == "DELETE" then
        return delete(this, key)
    end
    refuse(501, "NotImplemented")
end

return bucket

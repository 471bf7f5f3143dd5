-- RS256 by LuaJIT's FFI to the libcrypto that nginx has loaded.  The key is
-- parsed once, and so is the context that a verification starts from: it is
-- copied for each one, which is cheaper than to initialise another.

local ffi = require "ffi"

ffi.cdef[[
typedef struct bio_st BIO;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_md_st EVP_MD;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct engine_st ENGINE;

BIO *BIO_new_mem_buf(const void *buf, int len);
int BIO_free(BIO *a);
EVP_PKEY *PEM_read_bio_PUBKEY(BIO *bp, EVP_PKEY **x, void *cb, void *u);

const EVP_MD *EVP_sha256(void);
EVP_MD_CTX *EVP_MD_CTX_new(void);
int EVP_MD_CTX_copy_ex(EVP_MD_CTX *out, const EVP_MD_CTX *in);
int EVP_DigestVerifyInit(EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx,
    const EVP_MD *type, ENGINE *e, EVP_PKEY *pkey);
int EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t siglen,
    const unsigned char *tbs, size_t tbslen);
void ERR_clear_error(void);
]]

local C = ffi.C
local null = ffi.null

local _M = {}

local work = C.EVP_MD_CTX_new()


-- a context that is ready to verify with a public key in PEM

function _M.key(pem)
    local bio = C.BIO_new_mem_buf(pem, #pem)
    local pkey = C.PEM_read_bio_PUBKEY(bio, null, null, null)
    local ctx = C.EVP_MD_CTX_new()

    C.BIO_free(bio)

    assert(pkey ~= null, "not a public key")
    assert(C.EVP_DigestVerifyInit(ctx, null, C.EVP_sha256(), null, pkey) == 1)

    return ctx
end


function _M.verify(key, text, signature)
    if C.EVP_MD_CTX_copy_ex(work, key) == 1
       and C.EVP_DigestVerify(work, signature, #signature, text, #text) == 1
    then
        return true
    end

    C.ERR_clear_error()

    return false
end


return _M

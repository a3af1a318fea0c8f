/** What the app asks and says of pictures in the files of a store. */

const FILE_PARTS = /* GraphQL */ `
  fragment PictureParts on MediaImage {
    id
    fileStatus
    fileErrors {
      code
      message
    }
    image {
      url
      width
      height
    }
  }
`;

export const STAGE_UPLOADS = /* GraphQL */ `
  mutation StageUploads($input: [StagedUploadInput!]!) {
    stagedUploadsCreate(input: $input) {
      stagedTargets {
        url
        resourceUrl
        parameters {
          name
          value
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const FILE_CREATE =
  /* GraphQL */ `
    mutation FileCreate($files: [FileCreateInput!]!) {
      fileCreate(files: $files) {
        files {
          ...PictureParts
        }
        userErrors {
          code
          field
          message
        }
      }
    }
  ` + FILE_PARTS;

export const READ_PICTURE =
  /* GraphQL */ `
    query ReadPicture($id: ID!) {
      node(id: $id) {
        ...PictureParts
      }
    }
  ` + FILE_PARTS;

/** Through the search index, which may lag. */
export const FIND_PICTURES =
  /* GraphQL */ `
    query FindPictures($query: String!) {
      files(first: 10, query: $query, sortKey: CREATED_AT, reverse: true) {
        nodes {
          ...PictureParts
        }
      }
    }
  ` + FILE_PARTS;
